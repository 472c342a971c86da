package initrunner.cli.jobs;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.Stop;
import initrunner.run.RoleSource;
import initrunner.tool.jobs.StoppedJob;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/// `jobs stop`.
@Command(
    name = "stop",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = "Usage: initrunner jobs stop ROLE|--host HOST ID [OPTIONS]",
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Stops a job: TERM, after 5 seconds KILL, and then a look for what may be left.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner jobs stop role.yaml 3fa2c1e0b7d4",
      "",
      "Exit status: 0 no process of it is left, 1 one is left or that is not known."
    })
final class JobsStopCommand implements Callable<Integer> {

  @ParentCommand private JobsCommand parent;

  @Mixin private final JobOptions options = new JobOptions();

  @Override
  public Integer call() {
    Console console = parent.console();
    RoleSource source = options.source(console.environment(), Optional.empty());
    String id = options.id();
    return options.statusOf(
        console,
        source,
        jobs -> {
          StoppedJob stopped = jobs.stop(id);
          new JobLines(console).list(List.of(stopped.job()));
          JobLines.doubt(stopped.stop())
              .ifPresent(doubt -> console.err().println("initrunner: " + doubt));
          return stopped.stop() == Stop.STOPPED ? ExitCodes.OK : ExitCodes.FAILED;
        });
  }
}
