package initrunner.model;

import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;
import java.util.Locale;

/// An event of a run. The listener cannot change the run, but the run waits for it.
public sealed interface RunEvent {

  /// The model wrote more text.
  record TextDelta(String text) implements RunEvent {}

  /// The model's turn is over.
  record TurnEnded() implements RunEvent {}

  /// A tool call is about to start.
  record ToolStarted(ToolCall call) implements RunEvent {}

  /// A tool call has ended.
  record ToolEnded(ToolCall call, ToolResult result, Duration duration) implements RunEvent {}

  /// What a person may want to know of the model.
  sealed interface Notice extends RunEvent {

    /// In words.
    default String text() {
      return switch (this) {
        case ModelRetry(String reason, Duration pause) ->
            String.format(
                Locale.ROOT, "%s; asking again in %.1f s", reason, pause.toMillis() / 1000.0);
        case ModelFallback(String reason, String next) -> reason + "; asking " + next + " instead";
        case ConversationShortened(String leftOut) -> leftOut;
      };
    }
  }

  /// The model's server could not answer yet; after `pause` it is asked again.
  record ModelRetry(String reason, Duration pause) implements Notice {}

  /// The model failed; from now on `next` is asked.
  record ModelFallback(String reason, String next) implements Notice {}

  /// The conversation exceeds the role's `context_window`, so the model gets only a part of it.
  ///
  /// @param leftOut the parts that the model does not get, for a person
  record ConversationShortened(String leftOut) implements Notice {}
}
