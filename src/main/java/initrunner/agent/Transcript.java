package initrunner.agent;

import java.time.Duration;
import java.util.List;

/// A run that stopped to be continued: all that was said, and what it cost so far. Its last message
/// is a turn of the model's whose tool calls have not been made. Immutable.
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

  static Transcript start(String systemPrompt, String prompt) {
    return new Transcript(
        List.of(new Message.Instructions(systemPrompt), new Message.User(prompt)),
        Usage.NONE,
        List.of(),
        0,
        Duration.ZERO);
  }

  /// The calls of the model's last turn, where they wait; none where a model is to be asked next.
  public List<ToolRequest> waiting() {
    return messages.getLast() instanceof Message.Assistant(Turn turn) ? turn.requests() : List.of();
  }

  /// The model's last text so far.
  String lastText() {
    String last = "";
    for (Message message : messages) {
      if (message instanceof Message.Assistant(Turn turn) && !turn.text().isBlank()) {
        last = turn.text();
      }
    }
    return last;
  }
}
