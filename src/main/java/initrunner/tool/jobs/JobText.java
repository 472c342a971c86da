package initrunner.tool.jobs;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.text.SafeText;
import initrunner.tool.OutcomeText;
import initrunner.tool.Plan;
import initrunner.tool.jobs.Job.State;
import java.util.List;
import java.util.stream.Collectors;

/// Says to a model what the scripts of jobs printed.
///
/// @param function that the model called
record JobText(JobTool.Function function) implements OutcomeText {

  @Override
  public String of(Plan.Run run, Outcome outcome, Captured output, String host) {
    if (!outcome.ended().equals(new Ended.Exited(0))) {
      return failed(run, outcome, output, host);
    }
    String said = output.stdoutText();
    List<Job> jobs = Job.all(said);
    if (jobs.isEmpty()) {
      return function == JobTool.Function.LIST
          ? "There are no jobs on " + host + "."
          : "Error: "
              + JobException.undescribed().getMessage()
              + ". list_jobs shows the jobs there.";
    }
    return switch (function) {
      case START -> started(jobs.getFirst(), host);
      case OUTPUT -> JobOutput.of(said).text(line(jobs.getFirst()));
      case WAIT, LIST -> jobs.stream().map(JobText::line).collect(Collectors.joining("\n"));
      case STOP -> stopped(StoppedJob.of(said), host);
    };
  }

  private String failed(Plan.Run run, Outcome outcome, Captured output, String host) {
    String said = output.stderrText().strip();
    if (outcome.ended() instanceof Ended.Exited && said.startsWith("initrunner: ")) {
      return "Error: " + SafeText.said(said.substring("initrunner: ".length())) + ".";
    }
    String text = PLAIN.of(run, outcome, output, host);
    return function == JobTool.Function.START && !(outcome.ended() instanceof Ended.Exited)
        ? text + "\nThe job may have been started: list_jobs shows it then."
        : text;
  }

  private static String started(Job job, String host) {
    String[] survives = job.survives().split(" ", 2);
    return "Job "
        + job.id()
        + " ("
        + SafeText.oneLine(job.name())
        + ") runs on "
        + host
        + ". It goes on when this connection ends"
        + (survives[0].equals("yes")
            ? ""
            : "; whether it survives the logout of its account: "
                + SafeText.oneLine(String.join(", ", survives)))
        + ". See job_output and wait_jobs.";
  }

  private static String stopped(StoppedJob stopped, String host) {
    return line(stopped.job())
        + "\n"
        + switch (stopped.stop()) {
          case STOPPED -> "No process of it is left on " + host + ".";
          case STILL_RUNNING -> "A process of it still runs on " + host + ".";
          case UNKNOWN -> "Whether all of its processes are gone is unknown.";
        };
  }

  /// One line about a job.
  static String line(Job job) {
    return job.id()
        + " "
        + SafeText.oneLine(job.name())
        + ": "
        + state(job)
        + ", "
        + job.bytes()
        + " bytes of output"
        + (job.lostBytes() > 0
            ? ", the last " + job.lostBytes() + " are lost: the disk was full"
            : "");
  }

  private static String state(Job job) {
    return switch (job.state()) {
      case State.Running _ -> "running";
      case State.Elsewhere(String node) -> "runs on " + SafeText.oneLine(node);
      case State.Lost(String reason) -> "has ended, and how is not known: " + reason;
      case State.Unstarted(String reason, _) -> "was not started: " + SafeText.said(reason);
      case State.Ended(int status, Job.Cause cause, _) ->
          switch (cause) {
                case ITSELF -> "ended with exit code " + status;
                case STOPPED -> "was stopped (exit code " + status + ")";
                case OVERTIME -> "was stopped after its longest time (exit code " + status + ")";
                case OUT_OF_MEMORY ->
                    "ended because it was out of memory (exit code " + status + ")";
              }
              + job.ran().map(time -> " after " + time.toSeconds() + " s").orElse("");
    };
  }
}
