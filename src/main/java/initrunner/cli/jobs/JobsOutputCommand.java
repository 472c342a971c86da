package initrunner.cli.jobs;

import initrunner.cli.console.Console;
import initrunner.cli.console.ConsoleSink;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.Limits;
import initrunner.exec.RemedyException;
import initrunner.exec.TransportException;
import initrunner.run.RoleSource;
import initrunner.runtime.HostJobs;
import initrunner.runtime.output.CountingSink;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.JobException;
import initrunner.tool.jobs.JobPart;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jobs output`.
@Command(
    name = "output",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = "Usage: initrunner jobs output ROLE|--host HOST ID [OPTIONS]",
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Prints a job's output, both of its streams mixed, each byte as it was written.",
      "Of more output than the host keeps, the middle is not there, which is said.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner jobs output role.yaml 3fa2c1e0b7d4 -f",
      "      all of it, and what comes until the job has ended",
      "  initrunner jobs output --host gpu-box 3fa2c1e0b7d4 --from 1000000",
      "      from a byte on",
      "",
      "With -f, the exit status is the job's; Ctrl-C ends the look, not the job."
    })
final class JobsOutputCommand implements Callable<Integer> {

  private static final long PART_BYTES = 8 << 20;
  private static final int SIGINT = 2;
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(3);

  /// What a link that is down for a while looks like.
  private static final Set<TransportException.Kind> AWAY =
      Set.of(
          TransportException.Kind.REFUSED,
          TransportException.Kind.CONNECT_TIMEOUT,
          TransportException.Kind.NAME_UNKNOWN,
          TransportException.Kind.LINK_DOWN);

  @ParentCommand private JobsCommand parent;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until the job has ended.")
  private boolean follow;

  @Option(names = "--from", paramLabel = "BYTE", description = "The first byte (default: 0).")
  private long from;

  @Mixin private final JobOptions options = new JobOptions();

  @Override
  public Integer call() {
    Console console = parent.console();
    RoleSource source = options.source(console.environment(), Optional.empty());
    String id = options.id();
    if (from < 0) {
      throw options.fault("--from is " + from + "; the first byte is 0");
    }
    return options.statusOf(console, source, jobs -> print(console, jobs, id));
  }

  private int print(Console console, HostJobs jobs, String id) {
    long at = from;
    Optional<JobPart> last = Optional.empty();
    try (ConsoleSink sink = new ConsoleSink(console, Limits.unbounded())) {
      while (last.isEmpty() || !isAll(last.get())) {
        CountingSink counted = new CountingSink(sink, Optional.empty());
        try {
          Duration wait = follow ? WAIT : Duration.ZERO;
          JobPart part = jobs.output(id, Optional.of(at), PART_BYTES, wait, counted);
          if (sink.failure().isPresent()) {
            return ExitCodes.BROKEN_PIPE;
          }
          sayWhatIsMissing(console, at, part);
          at = part.to();
          last = Optional.of(part);
        } catch (JobException | TransportException e) {
          at += counted.stdoutBytes();
          if (!Thread.currentThread().isInterrupted()) {
            lookAgain(console, e, last.isPresent());
          }
          if (Thread.currentThread().isInterrupted()) {
            boolean goesOn = last.isEmpty() || last.get().job().mayRun();
            console
                .err()
                .println(
                    "initrunner: "
                        + (goesOn ? "the job goes on; " : "")
                        + "--from "
                        + at
                        + " shows what comes next");
            return ExitCodes.signal(SIGINT);
          }
        }
      }
    }
    return follow ? JobsWaitCommand.status(last.get().job()) : ExitCodes.OK;
  }

  private boolean isAll(JobPart part) {
    Job job = part.job();
    return part.to() >= job.bytes() && (!follow || job.isComplete() || !job.mayRun());
  }

  private static void sayWhatIsMissing(Console console, long at, JobPart part) {
    if (part.from() > at) {
      console
          .err()
          .println(
              "initrunner: bytes %d to %d are not kept on the host".formatted(at, part.from()));
    }
  }

  /// Says why there is no answer, and returns when it is time for the next question; throws if none
  /// is worth it. A host that has answered before may be back soon.
  private void lookAgain(Console console, RemedyException failure, boolean hasAnswered) {
    boolean isLost =
        failure instanceof JobException question && question.kind() == JobException.Kind.LOST;
    boolean isAway =
        hasAnswered
            && failure instanceof TransportException connection
            && AWAY.contains(connection.kind());
    if (!follow || !(isLost || isAway)) {
      throw failure;
    }
    console.err().println("initrunner: " + failure.getMessage() + "; looking again");
    if (isAway) {
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
