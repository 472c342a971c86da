package initrunner.agent;

import initrunner.model.Message;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A run that stopped and can continue: its messages and its usage so far. The last message is a
/// turn of the model whose tool calls have not been made. Immutable.
///
/// @param toolNames of the tool calls made so far
/// @param requests model requests so far
/// @param elapsed wall clock so far, without waiting for people
public record Transcript(
    List<Message> messages, Usage usage, List<String> toolNames, int requests, Duration elapsed) {

  public Transcript {
    messages = List.copyOf(messages);
    toolNames = List.copyOf(toolNames);
  }

  static Transcript start(String systemPrompt, List<Message> earlier, String prompt) {
    List<Message> messages = new ArrayList<>();
    messages.add(new Message.Instructions(systemPrompt));
    messages.addAll(earlier);
    messages.add(new Message.User(prompt));
    return new Transcript(messages, Usage.NONE, List.of(), 0, Duration.ZERO);
  }

  /// The waiting calls of the model's last turn; none if the model is to be asked next.
  public List<ToolRequest> waiting() {
    return messages.getLast() instanceof Message.Assistant(Turn turn) ? turn.requests() : List.of();
  }

  /// The model's last text since the prompt.
  String lastText() {
    String last = "";
    for (Message message : messages) {
      switch (message) {
        case Message.User _ -> last = "";
        case Message.Assistant(Turn turn) -> last = turn.text().isBlank() ? last : turn.text();
        case Message.Instructions _, Message.ToolAnswer _, Message.Verdict _ -> {}
      }
    }
    return last;
  }
}
