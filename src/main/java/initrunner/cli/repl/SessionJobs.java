package initrunner.cli.repl;

import initrunner.cli.console.Style;
import initrunner.cli.jobs.JobLines;
import initrunner.exec.Captured;
import initrunner.exec.RemedyException;
import initrunner.runtime.HostJobs;
import initrunner.text.Nearest;
import initrunner.text.SafeText;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.JobName;
import initrunner.tool.jobs.JobOutput;
import initrunner.tool.jobs.JobPart;
import initrunner.tool.jobs.StoppedJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Answers `/jobs` in a session: the jobs on the role's host. For one thread.
///
/// @param lines says how jobs are
record SessionJobs(ReplUi ui, HostJobs jobs, JobLines lines) {

  /// What may follow `/jobs`.
  static final List<String> NAMES = List.of("list", "output", "stop");

  private static final int MOST_BYTES = 16 * 1024;
  private static final int MOST_SHOWN = 40;
  private static final String USAGE =
      "There are /jobs, /jobs output ID and /jobs stop ID; for ID, its beginning or the name do.";

  /// Does what the words behind `/jobs` ask for. Blocks for the host; Ctrl-C ends that.
  void run(String asked) {
    String[] words = asked.isEmpty() ? new String[] {"list"} : asked.split("\\s+", -1);
    if (!NAMES.contains(words[0])) {
      String meant = Nearest.question(words[0], NAMES);
      complain(
          "there is no /jobs "
              + SafeText.cut(words[0], MOST_SHOWN)
              + (meant.isEmpty() ? "" : "; " + meant));
    } else if (words[0].equals("list")) {
      if (words.length > 1) {
        complain("/jobs list stands alone");
      } else {
        ask(this::list);
      }
    } else if (words.length != 2) {
      complain("/jobs " + words[0] + " needs one id of a job");
    } else if (!JobName.isOne(words[1])) {
      complain(SafeText.quoted(words[1], MOST_SHOWN) + " is no job's id or name");
    } else {
      ask(words[0].equals("stop") ? () -> stop(words[1]) : () -> output(words[1]));
    }
  }

  private void complain(String what) {
    ui.complain(what, USAGE);
  }

  private void ask(Runnable question) {
    try {
      ui.interruptibly(question);
    } catch (RemedyException e) {
      ui.complain(e.getMessage(), e.remedy());
    }
  }

  private void list() {
    List<Job> all = jobs.list();
    if (all.isEmpty()) {
      ui.say("There are no jobs.");
    }
    lines.of(all).forEach(ui::say);
  }

  private void stop(String id) {
    StoppedJob stopped = jobs.stop(id);
    lines.of(List.of(stopped.job())).forEach(ui::say);
    JobLines.doubt(stopped.stop()).ifPresent(ui::note);
  }

  private void output(String id) {
    Captured captured = new Captured(MOST_BYTES);
    JobPart part = jobs.output(id, Optional.empty(), MOST_BYTES, Duration.ZERO, captured);
    JobOutput.condensed(captured.stdoutText())
        .lines()
        .forEach(line -> ui.say(SafeText.oneLine(line.replace("\t", "    "))));
    lines.of(List.of(part.job())).forEach(line -> ui.say(Style.QUIET, line));
    if (part.from() > 0) {
      ui.say(
          Style.QUIET,
          "These are its last bytes, from %d on; initrunner jobs output shows all."
              .formatted(part.from()));
    }
  }
}
