package initrunner.model;

import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;

/// Something that happened in a run, for whoever watches it. Nothing a watcher does changes the
/// run, except that the run waits for it.
public sealed interface RunEvent {

  /// More text of the model.
  record TextDelta(String text) implements RunEvent {}

  /// The model's turn is over.
  record TurnEnded() implements RunEvent {}

  /// A tool call is about to be made.
  record ToolStarted(ToolCall call) implements RunEvent {}

  /// A tool call has ended.
  record ToolEnded(ToolCall call, ToolResult result, Duration duration) implements RunEvent {}

  /// The model's server could not answer yet; it is asked again after `pause`.
  record ModelRetry(String reason, Duration pause) implements RunEvent {}

  /// The model failed; `next` is asked from now on.
  record ModelFallback(String reason, String next) implements RunEvent {}

  /// The conversation no longer fits the role's `context_window`; the model is not shown all of it.
  ///
  /// @param leftOut what it is not shown, for a person
  record ConversationShortened(String leftOut) implements RunEvent {}
}
