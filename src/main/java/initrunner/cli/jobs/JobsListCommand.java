package initrunner.cli.jobs;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.RemedyException;
import initrunner.run.RoleSource;
import initrunner.run.RunOrder;
import initrunner.tool.jobs.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jobs list`.
@Command(
    name = "list",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = "Usage: initrunner jobs list ROLE|--host HOST [OPTIONS]",
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Lists the jobs of the account on the host, the oldest first.",
      "Each line has id, name, start, how it is, size of output, and command.",
      "Of a role with several sandboxes it lists each one's, behind its name.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {"  initrunner jobs list role.yaml", "  initrunner jobs list --host gpu-box --json"})
final class JobsListCommand implements Callable<Integer> {

  @ParentCommand private JobsCommand parent;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Mixin private final JobOptions options = new JobOptions();

  /// What one host has.
  ///
  /// @param sandbox its name, where the role has several
  private record Listed(Optional<String> sandbox, List<Job> jobs) {}

  @Override
  public Integer call() {
    Console console = parent.console();
    List<RoleSource> sources = options.sources(console.environment());
    if (!options.rest().isEmpty()) {
      throw options.fault("jobs list takes no id: " + String.join(" ", options.rest()));
    }
    List<Listed> all = new ArrayList<>();
    String runId = RunOrder.newRunId();
    int status = ExitCodes.OK;
    for (RoleSource source : sources) {
      try {
        status =
            Math.max(
                status,
                options.statusOf(
                    console,
                    source,
                    runId,
                    jobs -> {
                      all.add(new Listed(name(source, sources), jobs.list()));
                      return ExitCodes.OK;
                    }));
      } catch (RemedyException e) {
        if (sources.size() == 1) {
          throw e;
        }
        // The others have theirs all the same.
        console.complain(
            "sandbox " + name(source, sources).orElseThrow() + ": " + e.getMessage(), e.remedy());
        status = ExitCodes.EXEC_FAILED;
      }
    }
    print(all, console);
    return status;
  }

  private static Optional<String> name(RoleSource source, List<RoleSource> sources) {
    return source.role().security().sandboxName().filter(_ -> sources.size() > 1);
  }

  private void print(List<Listed> all, Console console) {
    JobLines lines = new JobLines(console);
    int columns =
        all.stream()
            .flatMap(each -> each.sandbox().stream())
            .mapToInt(String::length)
            .max()
            .orElse(0);
    for (Listed each : all) {
      if (json) {
        lines.json(each.sandbox(), each.jobs());
      } else {
        lines.list(
            each.sandbox().map(name -> name + " ".repeat(columns - name.length() + 2)).orElse(""),
            each.jobs());
      }
    }
    if (!json && all.stream().allMatch(each -> each.jobs().isEmpty())) {
      console.err().println("There are no jobs.");
    }
  }
}
