package initrunner.cli.jobs;

import initrunner.cli.console.Console;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `jobs`: starts jobs and looks after them. Does nothing by itself.
@Command(
    name = "jobs",
    descriptionHeading = "%n",
    description = {"Starts commands that outlive this program, and looks after them."},
    commandListHeading = "%nCommands (initrunner jobs COMMAND --help shows more):%n",
    subcommands = {
      JobsStartCommand.class,
      JobsListCommand.class,
      JobsOutputCommand.class,
      JobsWaitCommand.class,
      JobsStopCommand.class,
      JobsCleanCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class JobsCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  public JobsCommand(Console console) {
    this.console = console;
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "there is no command behind jobs; allowed is "
            + String.join(", ", spec.subcommands().keySet()));
  }
}
