package initrunner.cli.repl;

import initrunner.cli.console.Style;
import initrunner.cli.jobs.JobLines;
import initrunner.exec.Captured;
import initrunner.exec.RemedyException;
import initrunner.role.Role;
import initrunner.runtime.HostJobs;
import initrunner.runtime.RoleRuntime;
import initrunner.text.Nearest;
import initrunner.text.SafeText;
import initrunner.tool.jobs.JobName;
import initrunner.tool.jobs.JobOutput;
import initrunner.tool.jobs.JobPart;
import initrunner.tool.jobs.StoppedJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Answers `/jobs` in a session: the jobs on the host of each of the role's sandboxes. For one
/// thread.
///
/// @param jobs by the sandbox's name, the default first; the name of a single one is empty
/// @param lines says how jobs are
record SessionJobs(ReplUi ui, SequencedMap<String, HostJobs> jobs, JobLines lines) {

  /// What may follow `/jobs`.
  static final List<String> NAMES = List.of("list", "output", "stop");

  private static final int MOST_BYTES = 16 * 1024;
  private static final int MOST_SHOWN = 40;
  private static final String USAGE =
      "There are /jobs, /jobs output ID and /jobs stop ID; for ID, its beginning or the name do.";

  static SessionJobs of(ReplUi ui, Role role, RoleRuntime runtime, JobLines lines) {
    SequencedMap<String, HostJobs> jobs = new LinkedHashMap<>();
    for (String name : role.sandboxNames()) {
      jobs.put(name, runtime.at(name).hostWork().jobs());
    }
    if (jobs.isEmpty()) {
      jobs.put("", runtime.hostWork().jobs());
    }
    return new SessionJobs(ui, jobs, lines);
  }

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
        list();
      }
    } else {
      boolean isNamed = words.length == 3 && jobs.containsKey(words[1]);
      one(words[0], isNamed ? words[1] : jobs.firstEntry().getKey(), words, isNamed ? 2 : 1);
    }
  }

  /// @param at the place of the job among the words
  private void one(String what, String sandbox, String[] words, int at) {
    if (words.length != at + 1) {
      complain("/jobs " + what + " needs one id of a job");
    } else if (!JobName.isOne(words[at])) {
      complain(SafeText.quoted(words[at], MOST_SHOWN) + " is no job's id or name");
    } else {
      HostJobs there = Objects.requireNonNull(jobs.get(sandbox));
      ask(what.equals("stop") ? () -> stop(there, words[at]) : () -> output(there, words[at]));
    }
  }

  private void complain(String what) {
    ui.complain(
        what,
        jobs.size() == 1
            ? USAGE
            : USAGE
                + " In front of it may stand a sandbox: "
                + String.join(", ", jobs.keySet())
                + ".");
  }

  private void ask(Runnable question) {
    boolean ignored = isAnswered(question);
  }

  private boolean isAnswered(Runnable question) {
    try {
      ui.interruptibly(question);
      return true;
    } catch (RemedyException e) {
      ui.complain(e.getMessage(), e.remedy());
      return false;
    }
  }

  /// A host that cannot be asked hides no other's jobs.
  private void list() {
    List<String> all = new ArrayList<>();
    int columns = jobs.keySet().stream().mapToInt(String::length).max().orElse(0);
    AtomicBoolean isWhole = new AtomicBoolean(true);
    jobs.forEach((name, there) -> {
      String before = name.isEmpty() ? "" : name + " ".repeat(columns - name.length() + 2);
      isWhole.compareAndSet(true, isAnswered(() -> all.addAll(lines.of(before, there.list()))));
    });
    if (all.isEmpty() && isWhole.get()) {
      ui.say("There are no jobs.");
    }
    all.forEach(ui::say);
  }

  private void stop(HostJobs jobs, String id) {
    StoppedJob stopped = jobs.stop(id);
    lines.of(List.of(stopped.job())).forEach(ui::say);
    JobLines.doubt(stopped.stop()).ifPresent(ui::note);
  }

  private void output(HostJobs jobs, String id) {
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
