package initrunner.model;

import initrunner.tool.ToolResult;
import java.util.Optional;
import java.util.stream.Stream;

/// One entry of a conversation between a person, a model and the tools.
public sealed interface Message {

  /// The role's instructions for the model.
  record Instructions(String text) implements Message {}

  /// A person's prompt.
  record User(String text) implements Message {}

  /// The model's turn.
  record Assistant(Turn turn) implements Message {}

  /// A model's judgement of the conversation, outside of it. It is counted and recorded as a turn
  /// is, and shown to no model.
  record Verdict(Turn turn) implements Message {}

  /// A tool's result.
  ///
  /// @param ended how the call ended; empty where an older version kept the conversation
  record ToolAnswer(ToolRequest request, String text, Optional<ToolResult.Status> ended)
      implements Message {

    /// One of which is not known how it ended.
    public ToolAnswer(ToolRequest request, String text) {
      this(request, text, Optional.empty());
    }
  }

  /// The model's turn in this message, if it has one.
  default Stream<Turn> said() {
    return switch (this) {
      case Assistant(Turn turn) -> Stream.of(turn);
      case Verdict(Turn turn) -> Stream.of(turn);
      case Instructions _, User _, ToolAnswer _ -> Stream.empty();
    };
  }
}
