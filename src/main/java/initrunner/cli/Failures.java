package initrunner.cli;

import initrunner.audit.AuditException;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.RoleException;
import initrunner.role.RoleFault;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says on standard error what kept a command from its end: what happened, then the next step. The
/// stack trace only where it was asked for.
final class Failures
    implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {

  private final Console console;
  private final Root root;

  Failures(Console console, Root root) {
    this.console = console;
    this.root = root;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    console.err().println("initrunner: " + failure.getMessage());
    UnmatchedArgumentException.printSuggestions(failure, console.err());
    console
        .err()
        .println("Try '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    return ExitCodes.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    int status = report(failure, commandLine.getCommandSpec().exitCodeOnExecutionException());
    if (root.verbose()) {
      failure.printStackTrace(console.err());
    }
    return status;
  }

  private int report(Exception failure, int statusOfCommand) {
    if (failure instanceof RoleException role) {
      role.faults().stream().map(RoleFault::toString).forEach(console.err()::println);
      return ExitCodes.USAGE;
    }
    if (failure instanceof TransportException transport) {
      console.err().println("initrunner: " + transport.getMessage());
      console.err().println(transport.remedy());
    } else if (failure instanceof LauncherUnavailableException launcher) {
      console.err().println("initrunner: " + launcher.getMessage());
      console.err().println(launcher.remedy());
    } else if (failure instanceof AuditException audit) {
      console.err().println("initrunner: " + audit.getMessage());
      console.err().println(audit.remedy());
    } else {
      console.err().println("initrunner: " + oneLine(failure));
    }
    return statusOfCommand;
  }

  private String oneLine(Exception failure) {
    String what = failure.getClass().getSimpleName();
    String why =
        Optional.ofNullable(failure.getMessage()).map(text -> ": " + text.strip()).orElse("");
    String more = root.verbose() ? "" : " (-v shows where)";
    return what + why.replaceAll("\\R+", "; ") + more;
  }
}
