package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// A server's error inside an answer with a success status.
///
/// @param status the HTTP status that it stands for; empty if it names none
/// @param text the whole error as it arrived
public record ErrorObject(Optional<Integer> status, String text) {

  /// The error in this piece of an answer, if it holds one.
  ///
  /// @param event the piece's name; empty if it has none
  static Optional<ErrorObject> in(String event, JsonNode piece) {
    JsonNode root = piece.isArray() ? piece.path(0) : piece;
    Optional<JsonNode> error =
        Stream.of(
                root.path("error"),
                root.path("choices").path(0).path("error"),
                root.path("response").path("error"))
            .filter(ErrorObject::saysSomething)
            .findFirst();
    boolean isNamed =
        event.equals("error")
            || root.path("type").asText("").equals("error")
            || root.path("object").asText("").equals("error");
    if (error.isEmpty() && !isNamed) {
      return Optional.empty();
    }
    JsonNode found = error.filter(JsonNode::isObject).orElse(root);
    return Optional.of(new ErrorObject(status(found).or(() -> status(root)), piece.toString()));
  }

  private static boolean saysSomething(JsonNode error) {
    return (error.isTextual() && !error.textValue().isBlank())
        || (error.isContainerNode() && !error.isEmpty())
        || (error.isBoolean() && error.booleanValue());
  }

  private static Optional<Integer> status(JsonNode error) {
    return Stream.of("code", "status", "status_code", "http_status", "type")
        .map(error::path)
        .filter(node -> node.isTextual() || node.isNumber())
        .map(node -> status(node.asText()))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Integer> status(String word) {
    String plain = word.strip();
    if (plain.matches("[45][0-9]{2}(\\.0+)?")) {
      return Optional.of(Integer.valueOf(plain.substring(0, 3)));
    }
    return switch (plain.toLowerCase(Locale.ROOT)) {
      case "invalid_request_error", "invalid_argument", "failed_precondition", "badrequesterror" ->
          Optional.of(400);
      case "context_length_exceeded" -> Optional.of(400);
      case "authentication_error", "unauthenticated", "invalid_api_key" -> Optional.of(401);
      case "billing_error", "insufficient_quota" -> Optional.of(402);
      case "permission_error", "permission_denied" -> Optional.of(403);
      case "not_found_error", "not_found", "model_not_found" -> Optional.of(404);
      case "request_timeout", "timeout_error" -> Optional.of(408);
      case "rate_limit_error",
          "rate_limit_exceeded",
          "resource_exhausted",
          "too_many_requests",
          "throttlingexception" ->
          Optional.of(429);
      case "api_error",
          "server_error",
          "internal_error",
          "internal_server_error",
          "internal",
          "internalservererror" ->
          Optional.of(500);
      case "bad_gateway" -> Optional.of(502);
      case "unavailable", "service_unavailable", "serviceunavailableexception" -> Optional.of(503);
      case "deadline_exceeded", "gateway_timeout" -> Optional.of(504);
      case "overloaded_error", "overloaded" -> Optional.of(529);
      default -> Optional.empty();
    };
  }
}
