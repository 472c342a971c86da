package initrunner.cli.audit;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `audit`: reads the audit log. Does nothing by itself.
@Command(
    name = "audit",
    description = "Reads the record of what ran where, and keeps it.",
    subcommands = {
      SecurityEventsCommand.class,
      AuditExportCommand.class,
      AuditVerifyCommand.class,
      AuditPruneCommand.class,
      AuditRotateCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class AuditCommand implements Callable<Integer> {

  private final Map<String, String> environment;

  @Spec private CommandSpec spec;

  /// In the environment of this process.
  public AuditCommand() {
    this(System.getenv());
  }

  /// In an environment of its own, which says where the audit log is.
  public AuditCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  Map<String, String> environment() {
    return environment;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "Missing command: allowed is " + spec.subcommands().keySet());
  }
}
