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

/// What of its earlier turns a server gets back beside texts and calls. Some refuse a request
/// without it, and some refuse one with it; which of them does what, only its answer says.
enum Returning {
  /// What it gave itself.
  AS_GIVEN,
  /// Also an empty thought with each turn of which it gave none, as one of another model's.
  COMPLETED,
  /// Nothing.
  NOTHING;

  /// What it gave with a turn. DeepSeek and Moonshot take a blank for none, and refuse the empty
  /// text.
  private static final String NO_THOUGHT = "{\"message\":{\"reasoning_content\":\" \"}}";

  private static final List<String> NAMES =
      List.of("reasoning", "thinking", "extra_content", "provider_specific_fields", "signature");

  private static final List<String> WANTED =
      List.of("passed back", "pass back", "missing", "must include", "is required");

  /// In the order of the model's turns; an empty object where nothing goes back.
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

  /// What to send instead, after the server has refused a request; the same where that is not why.
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
