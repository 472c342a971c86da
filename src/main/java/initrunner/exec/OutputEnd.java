package initrunner.exec;

/// Whether a command's output came to its end.
public enum OutputEnd {
  /// Both streams were read to their end of file.
  COMPLETE,
  /// The command is over, but something that it left running (a background child) still holds its
  /// output open; what that prints later is not seen.
  HELD_OPEN,
  /// The call ended before the output did: timed out, cancelled or lost, or the link went down when
  /// the command was over.
  CUT
}
