package initrunner.cli.audit;

import initrunner.cli.console.Console;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `audit`: reads the audit log. Does nothing by itself.
@Command(
    name = "audit",
    descriptionHeading = "%n",
    description = "Shows, verifies and prunes the audit log of what ran where.",
    commandListHeading = "%nCommands (initrunner audit COMMAND --help shows more):%n",
    subcommands = {
      SecurityEventsCommand.class,
      AuditExportCommand.class,
      AuditVerifyCommand.class,
      AuditCheckpointCommand.class,
      AuditPruneCommand.class,
      AuditRotateCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class AuditCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  /// @param console its environment says where the audit log is
  public AuditCommand(Console console) {
    this.console = console;
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "there is no command behind audit; allowed is "
            + String.join(", ", spec.subcommands().keySet()));
  }
}
