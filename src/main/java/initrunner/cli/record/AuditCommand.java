package initrunner.cli.record;

import initrunner.audit.AuditLocation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `audit`: reads the record of what ran where. Does nothing by itself.
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

  /// In an environment of its own, for its place of the record.
  public AuditCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  Map<String, String> environment() {
    return environment;
  }

  /// The databases to read: the one that is named, else what is at the usual place.
  List<Path> toRead(Optional<Path> named) {
    return AuditLocation.toRead(environment, named);
  }

  /// The number that an option of a command says.
  ///
  /// @throws ParameterException for what is none
  int number(CommandSpec command, String option, String given) {
    int number = given.matches("0*[1-9][0-9]{0,8}") ? Integer.parseInt(given) : 0;
    if (number == 0) {
      throw new ParameterException(
          command.commandLine(),
          option + " '" + given + "': allowed is a whole number from 1 to 999999999");
    }
    return number;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "Missing command: allowed is " + spec.subcommands().keySet());
  }
}
