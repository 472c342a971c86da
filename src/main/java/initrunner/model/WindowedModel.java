package initrunner.model;

import initrunner.tool.Tool;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Cuts a conversation to the model's context window, with room for the answer. Only the model's
/// server knows how many tokens a text has, so its count for one long request is the measure for
/// the next. Safe for many threads; best used for one conversation.
public final class WindowedModel extends ModelDecorator {

  private static final double USUAL_BYTES_PER_TOKEN = 3;

  // Prose has about four; random letters and digits have one or two. A count far from both does not
  // cover the whole request: some servers leave out what they have in a cache.
  private static final double FEWEST_BYTES_PER_TOKEN = 1;
  private static final double MOST_BYTES_PER_TOKEN = 4;

  // In a short request, the tokens that a server adds itself distort the measure.
  private static final int LONG_REQUEST = 4;

  private static final int TOLD_NOTHING = -1;

  private final int window;
  private final int answerTokens;
  private volatile double bytesPerToken = USUAL_BYTES_PER_TOKEN;
  private volatile int toldOfPrompt = TOLD_NOTHING;

  /// @param window in tokens, the answer included
  /// @param answerTokens most tokens of an answer, fewer than `window`
  public WindowedModel(Model model, int window, int answerTokens) {
    super(model);
    this.window = window;
    this.answerTokens = answerTokens;
  }

  @Override
  public Turn next(List<Message> whole, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    List<Message> conversation =
        whole.stream().filter(message -> !(message instanceof Message.Verdict)).toList();
    long ofTools = tools.stream().mapToLong(Shortened::size).sum();
    long room = (long) ((window - answerTokens) * bytesPerToken);
    Shortened shortened = Shortened.to(room - ofTools, conversation);
    long size = ofTools + shortened.size();
    if (size > room) {
      throw full((long) Math.ceil(size / bytesPerToken));
    }
    tell(shortened, conversation, events);
    Turn turn = model.next(shortened.messages(), tools, events);
    long counted = turn.usage().tokensIn();
    if (counted > 0 && size > room / LONG_REQUEST) {
      bytesPerToken =
          Math.clamp((double) size / counted, FEWEST_BYTES_PER_TOKEN, MOST_BYTES_PER_TOKEN);
    }
    return turn;
  }

  /// Once for each prompt: after the first shortened request, nearly every further one is
  /// shortened, too.
  private void tell(Shortened shortened, List<Message> conversation, Consumer<RunEvent> events) {
    int prompt = 0;
    for (int i = 0; i < conversation.size(); i++) {
      prompt = conversation.get(i) instanceof Message.User ? i : prompt;
    }
    if (shortened.outputs() + shortened.turns() == 0 || prompt == toldOfPrompt) {
      return;
    }
    toldOfPrompt = prompt;
    events.accept(
        new RunEvent.ConversationShortened(
            "the conversation is longer than spec.model.context_window allows ("
                + window
                + "); the model is no longer shown its oldest parts: "
                + Stream.of(
                        number(shortened.outputs(), "tool output"),
                        number(shortened.turns(), "turn"))
                    .flatMap(Optional::stream)
                    .collect(Collectors.joining(", "))));
  }

  private static Optional<String> number(int count, String what) {
    return count == 0
        ? Optional.empty()
        : Optional.of(count + " " + what + (count == 1 ? "" : "s"));
  }

  private ModelException full(long tokens) {
    return new ModelException(
        ModelException.Kind.CONTEXT_FULL,
        ("what the model has to see is about %s tokens, and beside an answer of up to"
                + " %s (spec.model.max_tokens) it takes %s (spec.model.context_window: %s);"
                + " nothing more can be left out")
            .formatted(tokens, answerTokens, window - answerTokens, window),
        "Raise spec.model.context_window if the model takes more, lower spec.model.max_tokens, or"
            + " ask for less at once.");
  }
}
