package initrunner.model.http;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.model.Continuation;
import initrunner.model.Message;
import initrunner.model.ModelException;
import initrunner.model.Turn;
import initrunner.model.answer.AnswerJson;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// How much of its earlier turns a server gets back beside texts and calls. Some servers refuse a
/// request without it, and some refuse one with it; only the refusal tells which.
enum Returning {
  /// All that it gave itself.
  AS_GIVEN,
  /// Also an empty thought with each turn that has none, such as one of another model.
  COMPLETED,
  /// Nothing.
  NOTHING;

  /// The thought of a turn without one. DeepSeek and Moonshot accept a blank and refuse the empty
  /// text.
  private static final String NO_THOUGHT = "{\"message\":{\"reasoning_content\":\" \"}}";

  private static final List<String> NAMES =
      List.of("reasoning", "thinking", "extra_content", "provider_specific_fields", "signature");

  private static final List<String> WANTED =
      List.of("passed back", "pass back", "missing", "must include", "is required");

  /// One object for each of the model's turns, in order; an empty one if nothing goes back.
  ///
  /// @param model as `provider:name`
  List<JsonNode> of(List<Message> conversation, String model) {
    return conversation.stream()
        .flatMap(message ->
            message instanceof Message.Assistant(Turn turn) ? Stream.of(turn) : Stream.empty())
        .map(turn -> of(turn, model))
        .toList();
  }

  private JsonNode of(Turn turn, String model) {
    String given =
        turn.continuation()
            .filter(continuation -> continuation.model().equals(model))
            .map(Continuation::content)
            .orElse(this == COMPLETED && !turn.requests().isEmpty() ? NO_THOUGHT : "{}");
    return AnswerJson.parse(this == NOTHING ? "{}" : given).orElse(AnswerJson.object());
  }

  /// The next thing to try after a refusal; the same if the refusal has another cause.
  Returning after(ModelException refusal) {
    String words = String.valueOf(refusal.getMessage()).toLowerCase(Locale.ROOT);
    if (NAMES.stream().noneMatch(words::contains)) {
      return this;
    }
    boolean isWanted = WANTED.stream().anyMatch(words::contains);
    return switch (this) {
      case AS_GIVEN, COMPLETED -> isWanted ? COMPLETED : NOTHING;
      case NOTHING -> NOTHING;
    };
  }
}
