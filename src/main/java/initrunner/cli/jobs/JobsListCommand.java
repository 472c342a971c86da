package initrunner.cli.jobs;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.run.RoleSource;
import initrunner.tool.jobs.Job;
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
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {"  initrunner jobs list role.yaml", "  initrunner jobs list --host gpu-box --json"})
final class JobsListCommand implements Callable<Integer> {

  @ParentCommand private JobsCommand parent;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Mixin private final JobOptions options = new JobOptions();

  @Override
  public Integer call() {
    Console console = parent.console();
    RoleSource source = options.source(console.environment(), Optional.empty());
    if (!options.rest().isEmpty()) {
      throw options.fault("jobs list takes no id: " + String.join(" ", options.rest()));
    }
    return options.statusOf(
        console,
        source,
        jobs -> {
          List<Job> all = jobs.list();
          JobLines lines = new JobLines(console);
          if (json) {
            lines.json(all);
          } else if (all.isEmpty()) {
            console.err().println("There are no jobs.");
          } else {
            lines.list(all);
          }
          return ExitCodes.OK;
        });
  }
}
