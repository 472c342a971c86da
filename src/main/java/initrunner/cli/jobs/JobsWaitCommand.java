package initrunner.cli.jobs;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.run.RoleSource;
import initrunner.runtime.HostJobs;
import initrunner.text.DurationText;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.Job.State;
import initrunner.tool.jobs.JobScripts.Until;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jobs wait`.
@Command(
    name = "wait",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = "Usage: initrunner jobs wait ROLE|--host HOST ID… [OPTIONS]",
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {"Waits until jobs have ended, and says how they ended.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner jobs wait role.yaml 3fa2c1e0b7d4",
      "  initrunner jobs wait --host gpu-box 3fa2c1e0b7d4 9b01d2c3e4f5 --timeout 1h",
      "",
      "Exit status: of one job, the job's own; of several, 0 if all that have ended",
      "exited with 0, else 1; 124 if the time was up before."
    })
final class JobsWaitCommand implements Callable<Integer> {

  private static final Duration PART = Duration.ofSeconds(60);

  @ParentCommand private JobsCommand parent;

  @Option(names = "--any", description = "Until one of them has ended, not all.")
  private boolean any;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Wait at most so long: 30s, 2m, 1h30m. The jobs go on.")
  private @Nullable String timeout;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Mixin private final JobOptions options = new JobOptions();

  @Override
  public Integer call() {
    Console console = parent.console();
    RoleSource source = options.source(console.environment(), Optional.empty());
    List<String> ids = options.ids().stream().distinct().toList();
    if (ids.isEmpty()) {
      throw options.fault("the ids of jobs are missing; initrunner jobs list shows them");
    }
    Optional<Duration> most = most();
    return options.statusOf(console, source, jobs -> await(console, jobs, ids, most));
  }

  private Optional<Duration> most() {
    try {
      return Optional.ofNullable(timeout).map(DurationText::parse);
    } catch (IllegalArgumentException e) {
      throw options.fault("--timeout is '" + timeout + "': " + e.getMessage());
    }
  }

  private int await(Console console, HostJobs jobs, List<String> ids, Optional<Duration> most) {
    long begin = System.nanoTime();
    while (true) {
      Duration passed = Duration.ofNanos(System.nanoTime() - begin);
      Duration part =
          most.map(limit -> limit.minus(passed))
              .filter(left -> left.compareTo(PART) < 0)
              .orElse(PART);
      List<Job> found =
          jobs.await(ids, any ? Until.ANY : Until.ALL, part.isNegative() ? Duration.ZERO : part);
      boolean isOver =
          any
              ? found.stream().anyMatch(job -> !job.mayRun())
              : found.stream().noneMatch(Job::mayRun);
      if (isOver || !part.isPositive()) {
        if (json) {
          new JobLines(console).json(found);
        } else {
          new JobLines(console).list(found);
        }
        return isOver ? status(found) : ExitCodes.TIMED_OUT;
      }
    }
  }

  private static int status(List<Job> jobs) {
    if (jobs.size() == 1) {
      return status(jobs.getFirst());
    }
    return jobs.stream().filter(job -> !job.mayRun()).allMatch(job -> status(job) == ExitCodes.OK)
        ? ExitCodes.OK
        : ExitCodes.FAILED;
  }

  /// The exit status of a job that has ended.
  static int status(Job job) {
    return switch (job.state()) {
      case State.Ended(int status, _, _) -> status;
      case State.Running _, State.Elsewhere _, State.Lost _, State.Unstarted _ ->
          ExitCodes.EXEC_FAILED;
    };
  }
}
