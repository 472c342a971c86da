package initrunner.cli.jobs;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.run.RoleSource;
import initrunner.text.DurationText;
import initrunner.tool.jobs.Job;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jobs clean`.
@Command(
    name = "clean",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = "Usage: initrunner jobs clean ROLE|--host HOST [ID…] [OPTIONS]",
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Removes the files of jobs that have ended, and their output.",
      "Without ID, of all that ended long enough ago. Jobs that run stay.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner jobs clean role.yaml",
      "      what ended more than 7 days ago, or what keep_days of the role says",
      "  initrunner jobs clean --host gpu-box --all",
      "      all that have ended"
    })
final class JobsCleanCommand implements Callable<Integer> {

  @ParentCommand private JobsCommand parent;

  @Option(
      names = "--older",
      paramLabel = "TIME",
      description = "How long ago they ended, at least: 30s, 2h, 48h.")
  private @Nullable String older;

  @Option(names = "--all", description = "All that have ended, however long ago.")
  private boolean all;

  @Mixin private final JobOptions options = new JobOptions();

  @Override
  public Integer call() {
    Console console = parent.console();
    RoleSource source = options.source(console.environment(), Optional.empty());
    List<String> ids = options.ids();
    if ((all && older != null) || (!ids.isEmpty() && (all || older != null))) {
      throw options.fault("ids, --older and --all each say which jobs go; give one of them");
    }
    Optional<Duration> age = all ? Optional.of(Duration.ZERO) : age();
    return options.statusOf(
        console,
        source,
        jobs -> {
          List<Job> gone = jobs.clean(age, ids);
          new JobLines(console).list(gone);
          console
              .err()
              .println(gone.size() == 1 ? "1 job removed." : gone.size() + " jobs removed.");
          return ExitCodes.OK;
        });
  }

  private Optional<Duration> age() {
    try {
      return Optional.ofNullable(older).map(DurationText::parse);
    } catch (IllegalArgumentException e) {
      throw options.fault("--older is '" + older + "': " + e.getMessage());
    }
  }
}
