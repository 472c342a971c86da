package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.model.Continuation;
import initrunner.model.RunEvent;
import initrunner.model.Turn;
import initrunner.model.Usage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The parts of one turn as far as they have arrived, in any protocol. Bounded. For one thread.
final class Gathered {

  private static final long MOST_CHARACTERS = 8L * 1024 * 1024;
  private static final int MOST_CALLS = 1000;

  private final Consumer<RunEvent> events;
  private final StringBuilder text = new StringBuilder();
  private final CallPieces calls = new CallPieces();
  private Usage usage = Usage.UNKNOWN;
  private Optional<EndReason> end = Optional.empty();
  private String why = "";
  private final ObjectNode returned = AnswerJson.object();
  private long characters;

  /// @param events gets the text as it arrives
  Gathered(Consumer<RunEvent> events) {
    this.events = events;
  }

  boolean hasText() {
    return !text.isEmpty();
  }

  /// Whether any part of the answer has arrived.
  boolean hasBegun() {
    return characters > 0 || end.isPresent();
  }

  CallPieces calls() {
    return calls;
  }

  Optional<EndReason> end() {
    return end;
  }

  Usage usage() {
    return usage;
  }

  void text(String piece) throws IOException {
    if (!piece.isEmpty()) {
      count(piece.length());
      text.append(piece);
      events.accept(new RunEvent.TextDelta(piece));
    }
  }

  CallPieces.Call call(CallPieces.Piece piece) throws IOException {
    count(piece.arguments().length() + piece.name().length());
    CallPieces.Call call = calls.add(piece);
    if (calls.size() > MOST_CALLS) {
      throw new AnswerTooLongException(MOST_CHARACTERS);
    }
    return call;
  }

  /// A call in one piece, with its id and name in this object.
  CallPieces.Call wholeCall(JsonNode call, String arguments) throws IOException {
    return call(
        new CallPieces.Piece(
            Optional.of(calls.size()),
            CallPieces.word(call.path("id")),
            CallPieces.word(call.path("name")),
            arguments));
  }

  /// Counts what is kept beside text and calls toward the bound.
  void count(long more) throws AnswerTooLongException {
    characters += more;
    if (characters > MOST_CHARACTERS) {
      throw new AnswerTooLongException(MOST_CHARACTERS);
    }
  }

  /// @param word empty if the server gives no reason yet
  void end(String word) {
    if (!word.isBlank()) {
      EndReason reason = EndReason.of(word);
      end = Optional.of(end.map(known -> known.and(reason)).orElse(reason));
    }
  }

  /// The server's explanation of its end.
  void why(String words) {
    why = words.isBlank() ? why : words;
  }

  void usage(Usage counted) {
    usage = counted.total() > 0 ? counted : usage;
  }

  /// Data that the server wants back with the turn, beside that of its calls.
  ObjectNode returned() {
    return returned;
  }

  /// The turn, once the server has ended it.
  ///
  /// @throws ModelException if the parts are not an answer
  Turn turn(ServerDiagnosis diagnosis) {
    EndReason reason = end.orElse(EndReason.of(calls.size() > 0 ? "tool_calls" : "stop"));
    return switch (reason.kind()) {
      case FAILED -> throw diagnosis.failedAnswer(reason.word(), why);
      case WITHHELD -> unfinished(Turn.Finish.CONTENT_FILTER);
      case LENGTH -> unfinished(Turn.Finish.LENGTH);
      case CALLS, COMPLETE -> {
        if (calls.hasNameless()) {
          throw diagnosis.notACompletion("a tool call has no name");
        }
        if (reason.kind() == EndReason.Kind.CALLS && calls.size() == 0) {
          throw diagnosis.notACompletion(
              "it ends with " + reason.word() + " and holds no tool call");
        }
        yield new Turn(
            text.toString(),
            calls.requests(),
            Turn.Finish.COMPLETE,
            usage,
            continuation(diagnosis));
      }
    };
  }

  /// The calls of half an answer are never made.
  private Turn unfinished(Turn.Finish finish) {
    return new Turn(text.toString(), List.of(), finish, usage);
  }

  private Optional<Continuation> continuation(ServerDiagnosis diagnosis) {
    if (calls.calls().stream().anyMatch(call -> !call.extra().isEmpty())) {
      ArrayNode extras = returned.putArray("calls");
      calls.calls().forEach(call -> extras.add(call.extra()));
    }
    return calls.size() == 0 || returned.isEmpty()
        ? Optional.empty()
        : Optional.of(new Continuation(diagnosis.model(), AnswerJson.write(returned)));
  }
}
