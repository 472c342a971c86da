package initrunner.model;

import java.util.stream.Stream;

/// One entry of a conversation between a person, a model and the tools.
public sealed interface Message {

  /// Who the model is to be.
  record Instructions(String text) implements Message {}

  /// What a person asked for.
  record User(String text) implements Message {}

  /// What the model said.
  record Assistant(Turn turn) implements Message {}

  /// What the model said of the conversation and not in it. It is counted and recorded as a turn
  /// is, and shown to no model.
  record Aside(Turn turn) implements Message {}

  /// What a tool gave back.
  record ToolAnswer(ToolRequest request, String text) implements Message {}

  /// What the model said here, if it was the model.
  default Stream<Turn> said() {
    return switch (this) {
      case Assistant(Turn turn) -> Stream.of(turn);
      case Aside(Turn turn) -> Stream.of(turn);
      case Instructions _, User _, ToolAnswer _ -> Stream.empty();
    };
  }
}
