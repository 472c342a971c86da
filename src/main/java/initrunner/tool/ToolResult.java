package initrunner.tool;

/// What goes back to the model, and to whoever watches.
///
/// @param id of the call it answers
/// @param text bounded and redacted
/// @param status how it ended
public record ToolResult(String id, String text, Status status) {

  /// How a tool call ended, for people and programs that watch a run.
  public enum Status {
    /// The command exited 0.
    SUCCEEDED,
    /// It ran and ended otherwise: another status, a signal.
    FAILED,
    TIMED_OUT,
    CANCELLED,
    LOST,
    /// Policy said no; nothing was started.
    REFUSED,
    /// A person said no; nothing was started.
    DENIED,
    /// There is no such tool, or it takes other arguments; nothing was started.
    INVALID,
    /// The place could not start it; nothing was started.
    NOT_STARTED
  }

  /// The same text under another status.
  public ToolResult as(Status other) {
    return new ToolResult(id, text, other);
  }
}
