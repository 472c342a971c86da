package initrunner.exec;

/// What is known about a command after it was asked to stop.
public enum Stop {
  /// Proven: nothing of the command runs any more.
  STOPPED,
  /// Proven: something of the command still runs after KILL.
  STILL_RUNNING,
  /// Nobody could look: the link is gone, or the far side has no means to find processes.
  UNKNOWN
}
