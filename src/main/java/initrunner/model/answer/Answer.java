package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.model.RunEvent;
import initrunner.role.model.Api;
import java.io.IOException;
import java.util.function.Consumer;

/// One turn of a server in one protocol, whole or in pieces. For one thread.
public sealed interface Answer permits ChatAnswer, GeminiAnswer, MessagesAnswer {

  static Answer in(Api api, Consumer<RunEvent> events) {
    Gathered gathered = new Gathered(events);
    return switch (api) {
      case CHAT_COMPLETIONS -> new ChatAnswer(gathered);
      case MESSAGES -> new MessagesAnswer(gathered);
      case GENERATE_CONTENT -> new GeminiAnswer(gathered);
    };
  }

  Gathered gathered();

  /// Takes the next piece, or the whole answer.
  ///
  /// @param event the event's name, where the piece does not carry its own type
  /// @return whether the piece belongs to an answer of this protocol
  /// @throws AnswerTooLongException if the turn exceeds its bound
  boolean take(String event, JsonNode piece) throws IOException;

  /// Whether the server has ended the answer.
  default boolean hasEnded() {
    return gathered().end().isPresent();
  }

  /// Ends the answer. Called once, after the last piece.
  default void finish() {}
}
