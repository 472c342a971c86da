package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.model.RunEvent;
import initrunner.model.endpoint.Api;
import java.io.IOException;
import java.util.function.Consumer;

/// One turn of a server's, in one protocol, whole or in pieces. Used by one thread.
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

  /// Takes the next piece, or the whole.
  ///
  /// @param event its name, where the piece itself does not say what it is
  /// @return whether the piece is one of this protocol's answers
  /// @throws AnswerTooLongException if that is more than one turn may hold
  boolean take(String event, JsonNode piece) throws IOException;

  /// Whether the server has said that the answer has come to its end.
  boolean hasEnded();

  /// Called once, when no more will come.
  void finish();
}
