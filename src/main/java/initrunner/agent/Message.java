package initrunner.agent;

/// One entry of a conversation between a person, a model and the tools.
public sealed interface Message {

  /// Who the model is to be.
  record Instructions(String text) implements Message {}

  /// What a person asked for.
  record User(String text) implements Message {}

  /// What the model said.
  record Assistant(Turn turn) implements Message {}

  /// What a tool gave back.
  record ToolAnswer(ToolRequest request, String text) implements Message {}
}
