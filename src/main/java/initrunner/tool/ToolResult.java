package initrunner.tool;

/// The result of a call, for the model and for those who watch the run.
///
/// @param id of the call
/// @param text bounded and redacted
/// @param status how the call ended
public record ToolResult(String id, String text, Status status) {

  /// How a tool call ended, for people and programs that watch a run.
  public enum Status {
    /// The command exited 0.
    SUCCEEDED,
    /// The command ran and ended otherwise: another status, a signal.
    FAILED,
    TIMED_OUT,
    CANCELLED,
    LOST,
    /// Policy refused; nothing was started.
    REFUSED,
    /// A person denied it; nothing was started.
    DENIED,
    /// The tool or its arguments do not exist; nothing was started.
    INVALID,
    /// The sandbox could not start it; nothing was started.
    NOT_STARTED
  }

  /// The same text under another status.
  public ToolResult as(Status other) {
    return new ToolResult(id, text, other);
  }
}
