package initrunner.exec;

/// What is known about a command after it was asked to stop.
public enum Stop {
  /// Proven: nothing of the command runs any more.
  STOPPED,
  /// Proven: something of the command still runs after KILL.
  STILL_RUNNING,
  /// Not proven either way: the link is down, or the host has no means to find processes.
  UNKNOWN
}
