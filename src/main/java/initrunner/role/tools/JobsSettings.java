package initrunner.role.tools;

import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Section;
import initrunner.schema.type.Whole;
import initrunner.text.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `- type: jobs`.
///
/// @param commands which may be started, and where; its timeout is not used
/// @param maxRunning jobs of the account at once
/// @param maxTime of one job; empty for no limit
/// @param maxBytes of a job's output that the host keeps
/// @param kept how long the files of one that has ended stay
public record JobsSettings(
    ShellSettings commands, int maxRunning, Optional<Duration> maxTime, int maxBytes, Duration kept)
    implements ToolSettings {

  static final List<String> FUNCTIONS =
      Words.of("start_job job_output wait_jobs stop_job list_jobs");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS =
      Words.of("command name id from_byte wait_seconds ids until seconds");

  private static final Field<Integer> MAX_SECONDS =
      Field.of(
          "max_seconds",
          Whole.atLeast(0, "seconds"),
          86_400,
          "Longest time of one job, after which it is stopped; 0 for no limit.");

  public static final Section<JobsSettings> SECTION = Section.of(JobsSettings::of);

  /// Every field with its default.
  public static final JobsSettings DEFAULT = SECTION.defaults();

  private static JobsSettings of(Fields f) {
    return new JobsSettings(
        ShellSettings.ofJobs(f),
        f.get(
            "max_running",
            Whole.atLeast(1, "jobs"),
            16,
            "Most jobs of the account that run there at once."),
        Optional.of(f.get(MAX_SECONDS))
            .filter(seconds -> seconds > 0)
            .map(seconds -> Duration.ofSeconds(seconds)),
        f.get(
            "max_bytes",
            Whole.atLeast(4 << 20, "bytes"),
            64 << 20,
            "Most bytes of a job's output that are kept there; of more, the middle goes."),
        Duration.ofDays(
            f.get(
                "keep_days",
                Whole.atLeast(1, "days"),
                7,
                "How long the output of a job stays there after its end.")));
  }

  @Override
  public String summary() {
    return "Tool jobs: starts in the background "
        + commands.commands()
        + " At most "
        + maxRunning
        + " run at once"
        + maxTime.map(time -> ", each " + time.toSeconds() + " s").orElse("")
        + ".";
  }

  @Override
  public Optional<String> directory() {
    return commands.directory();
  }
}
