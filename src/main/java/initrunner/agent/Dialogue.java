package initrunner.agent;

import initrunner.model.Message;
import initrunner.model.RunEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A conversation over several prompts. Each prompt is a run of its own, with limits of its own,
/// that knows what was said before it. Used by one thread.
public final class Dialogue {

  private List<Message> messages = List.of();

  /// Runs one prompt to its end, as [AgentLoop#run] does. Whatever the end, the conversation can go
  /// on: what was said and done so far stays, and where there is no answer it says why. A prompt
  /// that was blocked, or to which the answer was, is forgotten unless tools were called for it: it
  /// would be asked again with the next. What a model said of it stays counted.
  public AgentRun say(AgentLoop loop, String prompt, Consumer<RunEvent> events) {
    Conversation conversation = loop.converse(loop.start(messages, prompt), events);
    AgentRun run = conversation.result();
    boolean isBlocked =
        run.failure()
            .filter(why -> why.kind() == AgentRun.Failure.Kind.CONTENT_BLOCKED)
            .isPresent();
    List<Message> all =
        conversation.messages().stream()
            .filter(message -> !(message instanceof Message.Instructions))
            .toList();
    if (isBlocked && run.toolNames().isEmpty()) {
      List<Message> kept = new ArrayList<>(messages);
      all.stream().skip(messages.size()).filter(Message.Aside.class::isInstance).forEach(kept::add);
      messages = List.copyOf(kept);
    } else {
      messages = all;
    }
    return run;
  }
}
