package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.model.ToolRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Assembles the tool calls of one turn from the pieces that a server sends. Servers give an index,
/// an id, both or neither; some give each call the same index. For one thread.
final class CallPieces {

  private final List<Call> calls = new ArrayList<>();

  /// One piece.
  ///
  /// @param index of the call in the turn; empty if the server gives none
  /// @param id empty if the server gives none
  record Piece(Optional<Integer> index, String id, String name, String arguments) {}

  /// One call as far as it has arrived.
  static final class Call {

    private final Optional<Integer> index;
    private String id;
    private String name = "";
    private final StringBuilder arguments = new StringBuilder();
    private int depth;
    private boolean isString;
    private boolean isEscaped;

    /// Whether the arguments are a complete object.
    private boolean isClosed;

    /// Fields that the server wants back with the call.
    private final ObjectNode extra = AnswerJson.object();

    Call(Optional<Integer> index, String id) {
      this.index = index;
      this.id = id;
    }

    ObjectNode extra() {
      return extra;
    }

    /// Some servers send these before they know the arguments.
    private boolean isPlaceholder() {
      return arguments.length() == 2 && isClosed;
    }

    /// Adds a piece of the arguments.
    void arguments(String piece) {
      arguments.append(piece);
      for (int i = 0; i < piece.length(); i++) {
        char c = piece.charAt(i);
        if (isString) {
          isString = isEscaped || c != '"';
          isEscaped = !isEscaped && c == '\\';
        } else {
          isString = c == '"';
          depth += c == '{' ? 1 : c == '}' ? -1 : 0;
          isClosed |= c == '}' && depth == 0;
        }
      }
    }

    private void add(Piece piece) {
      id = id.isEmpty() ? piece.id() : id;
      addName(piece.name());
      if (isPlaceholder() && piece.arguments().startsWith("{")) {
        arguments.setLength(0);
        isClosed = false;
      }
      arguments(piece.arguments());
    }

    /// A name arrives in one piece, in several, or whole with each piece.
    private void addName(String piece) {
      if (name.isEmpty() || piece.startsWith(name)) {
        name = piece.isEmpty() ? name : piece;
      } else {
        name += piece;
      }
    }
  }

  int size() {
    return calls.size();
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  /// Adds the piece to the call that it belongs to.
  Call add(Piece piece) {
    Call call = of(piece).orElseGet(() -> started(piece));
    call.add(piece);
    return call;
  }

  private Call started(Piece piece) {
    Call call = new Call(piece.index(), piece.id());
    calls.add(call);
    return call;
  }

  private Optional<Call> of(Piece piece) {
    Optional<Call> latest = Optional.empty();
    Optional<Call> said = Optional.empty();
    for (Call call : calls) {
      if (piece.index().isEmpty() || call.index.isEmpty() || piece.index().equals(call.index)) {
        latest = Optional.of(call);
        said = piece.id().isEmpty() || !piece.id().equals(call.id) ? said : latest;
      }
    }
    Optional<Call> open = latest.filter(call -> isOpenTo(piece, call));
    return said.or(() -> open);
  }

  /// A piece with a name begins another call if its id differs, or if it has no id but has
  /// arguments and this call's arguments are complete. Some servers give each piece of one call an
  /// id of its own: only the first of them has the name.
  private boolean isOpenTo(Piece piece, Call call) {
    boolean isOther = !piece.id().isEmpty() && !call.id.isEmpty();
    boolean isNext =
        piece.id().isEmpty()
            && !piece.arguments().isBlank()
            && call.isClosed
            && !call.isPlaceholder();
    boolean begins = !piece.name().isEmpty() && (isOther || isNext);
    return !begins && (piece.index().isPresent() || call == calls.getLast());
  }

  /// The calls, in the order in which they began.
  List<ToolRequest> requests() {
    List<ToolRequest> requests = new ArrayList<>();
    for (Call call : calls) {
      int number = requests.size() + 1;
      String id = call.id.isBlank() ? "call-" + number : call.id;
      requests.add(new ToolRequest(id, call.name, call.arguments.toString()));
    }
    return requests;
  }

  /// Whether a call has no name, so that it cannot run.
  boolean hasNameless() {
    return calls.stream().anyMatch(call -> call.name.isBlank());
  }

  /// Arguments come as a text, as an object, or not at all.
  static String arguments(JsonNode node) {
    if (node.isNull() || node.isMissingNode()) {
      return "";
    }
    return node.isTextual() ? node.textValue() : AnswerJson.write(node);
  }

  /// A text, or a number in place of one.
  static String word(JsonNode node) {
    return node.isTextual() || node.isNumber() ? node.asText() : "";
  }

  /// A number, or a text with one.
  static Optional<Integer> index(JsonNode node) {
    String word = word(node);
    return word.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(word)) : Optional.empty();
  }
}
