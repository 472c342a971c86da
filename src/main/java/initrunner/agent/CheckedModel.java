package initrunner.agent;

import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelDecorator;
import initrunner.model.ModelException;
import initrunner.model.RunEvent;
import initrunner.model.Turn;
import initrunner.role.ContentRules;
import initrunner.tool.Tool;
import java.util.List;
import java.util.function.Consumer;

/// Applies a role's rules about content: a prompt that breaks them is not sent, and an answer that
/// breaks them is withheld. Safe for many threads.
public final class CheckedModel extends ModelDecorator {

  private final ContentCheck check;

  public CheckedModel(Model model, ContentRules rules) {
    super(model);
    this.check = new ContentCheck(rules);
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    check
        .objectionTo(prompt(conversation))
        .ifPresent(why -> {
          throw blocked(why, "Ask in other words, or change the role's rules.");
        });
    CheckedEvents shown =
        new CheckedEvents(events, check.isOfWholeAnswers() ? 0 : check.maxOutputLength());
    Turn turn = model.next(conversation, tools, shown);
    return switch (check.check(turn.text())) {
      case ContentCheck.Checked.Withheld(String why) ->
          throw blocked(why, "Ask for something else, or change the role's rules.");
      case ContentCheck.Checked.Passed(String text) -> {
        shown.rest(text);
        yield new Turn(text, turn.requests(), turn.finish(), turn.usage(), turn.continuation());
      }
    };
  }

  private static String prompt(List<Message> conversation) {
    String last = "";
    for (Message message : conversation) {
      last = message instanceof Message.User(String text) ? text : last;
    }
    return last;
  }

  private static ModelException blocked(String why, String remedy) {
    return new ModelException(ModelException.Kind.CONTENT_BLOCKED, why, remedy);
  }

  /// Passes on the text that may be shown before the answer is whole, and at the end the rest. For
  /// one turn.
  private static final class CheckedEvents implements Consumer<RunEvent> {

    private final Consumer<RunEvent> events;
    private final int mostCharacters;
    private int characters;
    private int units;

    CheckedEvents(Consumer<RunEvent> events, int mostCharacters) {
      this.events = events;
      this.mostCharacters = mostCharacters;
    }

    @Override
    public void accept(RunEvent event) {
      if (!(event instanceof RunEvent.TextDelta(String text))) {
        if (event instanceof RunEvent.ModelFallback) {
          // The text so far belongs to an abandoned answer.
          characters = 0;
          units = 0;
        }
        events.accept(event);
        return;
      }
      characters += text.codePointCount(0, text.length());
      if (characters <= mostCharacters) {
        units += text.length();
        events.accept(event);
      }
    }

    void rest(String text) {
      if (characters > mostCharacters && text.length() > units) {
        events.accept(new RunEvent.TextDelta(text.substring(units)));
      }
    }
  }
}
