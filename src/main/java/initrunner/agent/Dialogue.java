package initrunner.agent;

import initrunner.model.Message;
import initrunner.model.RunEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A conversation over several prompts. Each prompt is a run with its own limits that knows the
/// earlier messages. For one thread.
public final class Dialogue {

  private List<Message> messages = List.of();

  /// Runs one prompt to its end, as [AgentLoop#run] does. After every end the conversation can
  /// continue: its messages stay, and a missing answer is replaced by the reason. If the rules
  /// block a prompt or its answer, both are dropped, unless tools were called: else they would be
  /// sent again with the next prompt. The verdict about a dropped prompt stays counted.
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
      all.stream()
          .skip(messages.size())
          .filter(Message.Verdict.class::isInstance)
          .forEach(kept::add);
      messages = List.copyOf(kept);
    } else {
      messages = all;
    }
    return run;
  }
}
