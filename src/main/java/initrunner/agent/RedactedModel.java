package initrunner.agent;

import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelDecorator;
import initrunner.model.RunEvent;
import initrunner.model.Turn;
import initrunner.runtime.RoleRuntime;
import initrunner.tool.Tool;
import java.util.List;
import java.util.function.Consumer;

/// Takes a role's secrets out of a model's texts before they are shown or stored: a server may
/// repeat a key that it was sent. Safe for many threads.
public final class RedactedModel extends ModelDecorator {

  private final RoleRuntime runtime;

  /// @param runtime of the role
  public RedactedModel(Model model, RoleRuntime runtime) {
    super(model);
    this.runtime = runtime;
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    RedactedEvents shown = new RedactedEvents(events);
    Turn turn = model.next(conversation, tools, shown);
    shown.rest();
    return new Turn(
        runtime.redacted(turn.text()),
        turn.requests(),
        turn.finish(),
        turn.usage(),
        turn.continuation());
  }

  /// Holds back the end of the text, which may be the beginning of a secret. For one turn.
  private final class RedactedEvents implements Consumer<RunEvent> {

    private final Consumer<RunEvent> events;
    private final StringBuilder text = new StringBuilder();

    RedactedEvents(Consumer<RunEvent> events) {
      this.events = events;
    }

    @Override
    public void accept(RunEvent event) {
      if (event instanceof RunEvent.TextDelta(String more)) {
        text.append(more);
        show(runtime.settled(text.toString()));
      } else {
        rest();
        events.accept(event);
      }
    }

    void rest() {
      show(text.length());
    }

    private void show(int end) {
      if (end > 0) {
        events.accept(new RunEvent.TextDelta(runtime.redacted(text.substring(0, end))));
        text.delete(0, end);
      }
    }
  }
}
