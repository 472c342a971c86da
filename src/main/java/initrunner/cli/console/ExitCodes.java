package initrunner.cli.console;

import initrunner.exec.RemedyException;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;

/// What the commands' exit statuses mean.
public final class ExitCodes {

  public static final int OK = 0;

  /// What was asked for was tried and failed: a run, a query.
  public static final int FAILED = 1;

  /// The command line or the role cannot be used; nothing was tried.
  public static final int USAGE = 2;

  /// The place where the role's tools would run cannot be used.
  public static final int SANDBOX_UNAVAILABLE = 3;

  /// A run waits for a person's approval of a tool call.
  public static final int PAUSED = 4;

  /// `exec`: the command's time was up.
  public static final int TIMED_OUT = 124;

  /// `exec`: initrunner's own failure; the command was not started, or the link to it is lost.
  public static final int EXEC_FAILED = 125;

  private static final int SIGNAL_BASE = 128;
  private static final int SIGPIPE = 13;

  /// Nobody reads our output any more: as a program ends that does not catch SIGPIPE.
  public static final int BROKEN_PIPE = SIGNAL_BASE + SIGPIPE;

  private ExitCodes() {}

  /// Of a run that this kept from its end.
  public static int of(RemedyException failure) {
    return failure instanceof TransportException || failure instanceof LauncherUnavailableException
        ? SANDBOX_UNAVAILABLE
        : FAILED;
  }

  /// As a shell reports a command that a signal ended.
  public static int signal(int number) {
    return SIGNAL_BASE + number;
  }
}
