package initrunner.exec.transport;

import initrunner.exec.Ended;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Ended.OutOfMemory;
import initrunner.exec.Ended.Signaled;
import initrunner.exec.Ended.TimedOut;

/// Ends as exit statuses, by the conventions of shells and `timeout`, for callers that take only
/// one number.
public final class ShellStatus {

  /// The timeout passed.
  public static final int TIMED_OUT = 124;

  /// Nothing was started, or the link was lost: the failure is not the command's.
  public static final int NOT_RUN = 125;

  /// Policy refused; nothing was started.
  public static final int REFUSED = 126;

  /// The caller stopped it: 128 + SIGINT.
  public static final int CANCELLED = 130;

  private static final int BY_SIGNAL = 128;

  private ShellStatus() {}

  /// The command's own status; 128 + n where signal n ended it (128 if n is unknown); else one of
  /// the constants.
  public static int of(Ended ended) {
    return switch (ended) {
      case Exited(int status) -> status;
      case Signaled(String name) -> BY_SIGNAL + SignalNumbers.number(standardName(name)).orElse(0);
      case OutOfMemory(int status) -> status;
      case TimedOut _ -> TIMED_OUT;
      case Cancelled _ -> CANCELLED;
      case Lost _ -> NOT_RUN;
    };
  }

  /// Servers append their own domain to names that RFC 4254 lacks.
  private static String standardName(String name) {
    int domain = name.indexOf('@');
    return domain < 0 ? name : name.substring(0, domain);
  }
}
