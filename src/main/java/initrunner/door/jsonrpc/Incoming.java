package initrunner.door.jsonrpc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// One message of the other side (JSON-RPC 2.0, sections 4 and 5).
public sealed interface Incoming {

  /// A request, which gets one answer.
  ///
  /// @param id a string or a whole number
  record Request(Json id, String method, Json.Obj params) implements Incoming {}

  /// A notification, which gets no answer.
  record Notification(String method, Json.Obj params) implements Incoming {}

  /// The answer to a request of this side.
  ///
  /// @param message has `result` or `error`
  record Response(Json id, Json.Obj message) implements Incoming {}

  /// Several messages in one list (JSON-RPC 2.0, section 6), none of which is a list.
  record Batch(List<Incoming> messages) implements Incoming {

    /// The answer to a client that may not send lists.
    public static final Invalid REFUSED =
        invalid(
            Optional.empty(),
            RpcException.INVALID_REQUEST,
            "Invalid request: this protocol has no batches; send one message at a time");

    public Batch {
      messages = List.copyOf(messages);
    }

    /// How many of the messages get an answer.
    public int answers() {
      return (int)
          messages.stream()
              .filter(each -> each instanceof Request || each instanceof Invalid)
              .count();
    }
  }

  /// A message that is none of these.
  ///
  /// @param id of the request, if it can be read
  record Invalid(Optional<Json> id, RpcException fault) implements Incoming {

    /// What the client gets for it.
    public Json.Obj answer() {
      return Exchanges.message()
          .with("id", id.orElse(new Json.Null()))
          .with("error", fault.error());
    }
  }

  /// A message of more bytes than are read.
  ///
  /// @param beginning what was read of it
  static Invalid tooLong(byte[] beginning, int mostBytes) {
    return invalid(
        idIn(beginning),
        RpcException.INVALID_REQUEST,
        "Invalid request: it has more than " + mostBytes + " bytes");
  }

  /// Reads a message.
  ///
  /// @param text UTF-8
  static Incoming of(byte[] text, VersionMember version) {
    Json value;
    try {
      value = Json.parse(text);
    } catch (Json.SyntaxException e) {
      return invalid(Optional.empty(), RpcException.PARSE_ERROR, "Parse error: " + e.getMessage());
    }
    return value instanceof Json.Arr(List<Json> elements) && !elements.isEmpty()
        ? new Batch(elements.stream().map(each -> of(each, version)).toList())
        : of(value, version);
  }

  private static Incoming of(Json value, VersionMember version) {
    return switch (value) {
      case Json.Obj message -> of(message, version);
      case Json.Arr _, Json.Text _, Json.Num _, Json.Bool _, Json.Null _ ->
          invalid(
              Optional.empty(),
              RpcException.INVALID_REQUEST,
              "Invalid request: a message is a JSON object");
    };
  }

  private static Incoming of(Json.Obj message, VersionMember version) {
    Optional<Json> id = message.get("id").filter(Incoming::isId);
    boolean isRequired = version == VersionMember.REQUIRED;
    if (isRequired && !message.text("jsonrpc").equals(Optional.of("2.0"))) {
      return invalid(id, RpcException.INVALID_REQUEST, "Invalid request: jsonrpc must be \"2.0\"");
    }
    if (message.get("id").isPresent() && id.isEmpty()) {
      return invalid(
          id, RpcException.INVALID_REQUEST, "Invalid request: id must be a string or an integer");
    }
    if (message.get("method").isEmpty()) {
      boolean isResponse = message.get("result").isPresent() || message.get("error").isPresent();
      return id.isPresent() && isResponse
          ? new Response(id.get(), message)
          : invalid(id, RpcException.INVALID_REQUEST, "Invalid request: method is missing");
    }
    Optional<String> method = message.text("method");
    if (method.isEmpty()) {
      return invalid(id, RpcException.INVALID_REQUEST, "Invalid request: method must be a string");
    }
    Json params =
        message
            .get("params")
            .filter(given -> isRequired || !(given instanceof Json.Null))
            .orElse(Json.Obj.EMPTY);
    if (!(params instanceof Json.Obj named)) {
      return invalid(id, RpcException.INVALID_PARAMS, "Invalid params: they must be an object");
    }
    return id.<Incoming>map(each -> new Request(each, method.get(), named))
        .orElseGet(() -> new Notification(method.get(), named));
  }

  /// The id in the beginning of a message; empty if it is not in there.
  static Optional<Json> idIn(byte[] beginning) {
    try (JsonParser parser = JsonCodec.FACTORY.createParser(beginning)) {
      boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
      while (isObject && parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isId = parser.currentName().equals("id");
        parser.nextToken();
        if (isId) {
          return Optional.of(JsonCodec.read(parser)).filter(Incoming::isId);
        }
        parser.skipChildren();
      }
    } catch (IOException cutOff) {
      // Its end is missing.
    }
    return Optional.empty();
  }

  private static boolean isId(Json id) {
    return switch (id) {
      case Json.Text(String text) -> text.codePoints().noneMatch(JsonCodec::isHalf);
      case Json.Num number -> number.isWhole();
      case Json.Obj _, Json.Arr _, Json.Bool _, Json.Null _ -> false;
    };
  }

  private static Invalid invalid(Optional<Json> id, int code, String message) {
    return new Invalid(id, new RpcException(code, message));
  }
}
