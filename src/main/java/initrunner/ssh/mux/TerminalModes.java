package initrunner.ssh.mux;

/// How a terminal on the host treats what comes in first.
public enum TerminalModes {
  /// As keys.
  USUAL,
  /// As lines for a shell, which then sets what is usual.
  LINES_FIRST
}
