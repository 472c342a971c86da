package initrunner.cli.jobs;

import initrunner.cli.console.Console;
import initrunner.exec.Stop;
import initrunner.text.JsonText;
import initrunner.text.SafeText;
import initrunner.text.Timestamps;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.Job.State;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/// Says how jobs are. Stateless but for its console.
public record JobLines(Console console) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

  /// One line a job, on a terminal no longer than that is wide.
  public List<String> of(List<Job> jobs) {
    return of("", jobs);
  }

  /// The same with a text in front of each line.
  public List<String> of(String before, List<Job> jobs) {
    boolean isTerminal = console.output() == Console.Output.TERMINAL;
    return jobs.stream()
        .map(job -> before + line(job))
        .map(line -> isTerminal ? SafeText.cut(line, console.size().columns() - 1) : line)
        .toList();
  }

  private static String line(Job job) {
    return "%s  %-16s  %-16s  %-22s  %8s  %s"
        .formatted(
            job.id(),
            SafeText.cut(SafeText.oneLine(job.name()), 16),
            job.since().map(TIME::format).orElse("?"),
            state(job),
            size(job.bytes()),
            SafeText.cut(SafeText.oneLine(job.command()), 100));
  }

  /// Prints the lines of some jobs.
  void list(List<Job> jobs) {
    list("", jobs);
  }

  /// The same with a text in front of each line.
  void list(String before, List<Job> jobs) {
    of(before, jobs).forEach(console.out()::println);
  }

  /// What is to be said of a job that was to stop, unless it is proven that it did.
  public static Optional<String> doubt(Stop stop) {
    return switch (stop) {
      case STOPPED -> Optional.empty();
      case STILL_RUNNING -> Optional.of("a process of the job still runs");
      case UNKNOWN -> Optional.of("whether the job still runs is not known");
    };
  }

  /// One JSON object a line.
  void json(List<Job> jobs) {
    json(Optional.empty(), jobs);
  }

  /// The same of one of several sandboxes.
  ///
  /// @param sandbox its name, where the role has several
  void json(Optional<String> sandbox, List<Job> jobs) {
    for (Job job : jobs) {
      SequencedMap<String, Object> fields = fields(job);
      sandbox.ifPresent(name -> fields.putFirst("sandbox", name));
      console.out().println(JsonText.line(fields));
    }
  }

  static SequencedMap<String, Object> fields(Job job) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", job.id());
    fields.put("name", job.name());
    fields.put("command", job.command());
    fields.put("started_at", job.since().map(Timestamps::format));
    fields.put("node", job.host());
    fields.put("survives_logout", job.survives());
    fields.put("state", job.mayRun() ? "running" : job.end().orElse("lost"));
    if (job.state() instanceof State.Ended(int status, _, Optional<Instant> at)) {
      fields.put("exit_status", status);
      fields.put("ended_at", at.map(Timestamps::format));
    }
    fields.put("output_bytes", job.bytes());
    fields.put("lost_bytes", job.lostBytes());
    return fields;
  }

  /// How it is, in few words.
  static String state(Job job) {
    return switch (job.state()) {
      case State.Running _ -> "running";
      case State.Elsewhere(String node) -> "on " + SafeText.oneLine(node);
      case State.Lost _ -> "lost";
      case State.Unstarted _ -> "not started";
      case State.Ended(int status, Job.Cause cause, _) ->
          switch (cause) {
                case ITSELF -> "exit " + status;
                case STOPPED -> "stopped";
                case OVERTIME -> "timed out";
                case OUT_OF_MEMORY -> "out of memory";
              }
              + job.ran().map(time -> " after " + time.toSeconds() + " s").orElse("");
    };
  }

  private static String size(long bytes) {
    return bytes < 10_000
        ? bytes + " B"
        : bytes < 10_000_000 ? bytes / 1000 + " kB" : bytes / 1_000_000 + " MB";
  }
}
