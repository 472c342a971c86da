package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.model.ToolRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The tool calls of one turn, put together from the pieces in which a server sends them. Servers
/// give an index, an id, both or neither; some give each call the same index. Used by one thread.
final class CallPieces {

  private final List<Call> calls = new ArrayList<>();

  /// One piece.
  ///
  /// @param index of the call among the turn's; empty where the server says none
  /// @param id empty where the server says none
  record Piece(Optional<Integer> index, String id, String name, String arguments) {}

  /// One call so far.
  static final class Call {

    private final Optional<Integer> index;
    private String id;
    private String name = "";
    private final StringBuilder arguments = new StringBuilder();
    private int depth;
    private boolean isString;
    private boolean isEscaped;
    private boolean isClosed;

    /// What the server wants back with the call.
    private final ObjectNode extra = AnswerJson.object();

    Call(Optional<Integer> index, String id) {
      this.index = index;
      this.id = id;
    }

    ObjectNode extra() {
      return extra;
    }

    /// Whether its arguments are an object that has been closed.
    private boolean isWhole() {
      return isClosed;
    }

    /// What some servers put there before they know the arguments.
    private boolean isPlaceholder() {
      return arguments.length() == 2 && isClosed;
    }

    private void append(String piece) {
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

    /// Where they come by themselves.
    void arguments(String given) {
      append(given);
    }

    private void add(Piece piece) {
      id = id.isEmpty() ? piece.id() : id;
      addName(piece.name());
      if (isPlaceholder() && piece.arguments().startsWith("{")) {
        arguments.setLength(0);
        isClosed = false;
      }
      append(piece.arguments());
    }

    /// In one piece, in several, or the whole name again with each piece.
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

  /// A name begins another call where its id is another one, or where it comes, without an id, with
  /// arguments after whole ones. Some servers give each piece of one call an id of its own: only
  /// the first of them has the name.
  private boolean isOpenTo(Piece piece, Call call) {
    boolean isOther = !piece.id().isEmpty() && !call.id.isEmpty();
    boolean isNext =
        piece.id().isEmpty()
            && !piece.arguments().isBlank()
            && call.isWhole()
            && !call.isPlaceholder();
    boolean begins = !piece.name().isEmpty() && (isOther || isNext);
    return !begins && (piece.index().isPresent() || call == calls.getLast());
  }

  /// As they are to be made, in the order in which they began.
  List<ToolRequest> requests() {
    List<ToolRequest> requests = new ArrayList<>();
    for (Call call : calls) {
      int number = requests.size() + 1;
      String id = call.id.isBlank() ? "call-" + number : call.id;
      requests.add(new ToolRequest(id, call.name, call.arguments.toString()));
    }
    return requests;
  }

  /// Whether a call has no name, and so cannot be made.
  boolean hasNameless() {
    return calls.stream().anyMatch(call -> call.name.isBlank());
  }

  /// Arguments as a text, as an object, or not at all.
  static String arguments(JsonNode node) {
    if (node.isNull() || node.isMissingNode()) {
      return "";
    }
    return node.isTextual() ? node.textValue() : AnswerJson.write(node);
  }

  /// A text, or a number that stands for one.
  static String word(JsonNode node) {
    return node.isTextual() || node.isNumber() ? node.asText() : "";
  }

  /// A number, or a text that is one.
  static Optional<Integer> index(JsonNode node) {
    String word = word(node);
    return word.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(word)) : Optional.empty();
  }
}
