package initrunner.cli.console;

import initrunner.audit.AuditException;
import initrunner.exec.RemedyException;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.model.ModelException;
import initrunner.schema.ConfigException;
import initrunner.transfer.tree.TransferException;

/// The commands' exit statuses.
public final class ExitCodes {

  public static final int OK = 0;

  /// The request, such as a run or a query, was tried and failed.
  public static final int FAILED = 1;

  /// The command line, the role or a variable cannot be used; nothing was tried.
  public static final int USAGE = 2;

  /// `exec --hosts`: the command succeeded on no host.
  public static final int NONE_SUCCEEDED = 2;

  /// The role's sandbox cannot be used.
  public static final int SANDBOX_UNAVAILABLE = 3;

  /// A run waits for a person's approval of a tool call.
  public static final int PAUSED = 4;

  /// `hook`: the client makes no call. With every other status but 0 it makes the call.
  public static final int HOOK_DENIES = 2;

  /// `exec`: the command timed out.
  public static final int TIMED_OUT = 124;

  /// `exec`: InitRunner itself failed; the command was not started, or the link to it is lost.
  /// `push`, `pull`: the transfer failed. A run: its files could not be brought to the host, so it
  /// was not started.
  public static final int EXEC_FAILED = 125;

  private static final int SIGNAL_BASE = 128;
  private static final int SIGPIPE = 13;

  /// The reader of the output has closed it: the status of a program that does not catch SIGPIPE.
  public static final int BROKEN_PIPE = SIGNAL_BASE + SIGPIPE;

  private ExitCodes() {}

  /// The status of a run that this failure ended before its first model request.
  public static int of(RemedyException failure) {
    return switch (failure) {
      case TransportException _, LauncherUnavailableException _ -> SANDBOX_UNAVAILABLE;
      case ConfigException _, AuditException.VariableInvalid _ -> USAGE;
      case ModelException model when model.kind() != ModelException.Kind.KEY_MISSING -> USAGE;
      case TransferException _ -> EXEC_FAILED;
      default -> FAILED;
    };
  }

  /// The status of a command that a signal ended, as a shell reports it.
  public static int signal(int number) {
    return SIGNAL_BASE + number;
  }
}
