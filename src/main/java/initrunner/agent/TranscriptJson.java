package initrunner.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.model.Continuation;
import initrunner.model.Message;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.model.answer.AnswerJson;
import initrunner.tool.ToolResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Converts a transcript to JSON and back. Stateless.
final class TranscriptJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// The fields in which servers send a model's thinking.
  private static final List<String> THOUGHTS =
      List.of("reasoning_content", "reasoning", "thinking", "text", "summary");

  private TranscriptJson() {}

  /// @param redaction takes secrets out of all messages but the waiting calls, which must run
  ///   unchanged
  static ObjectNode write(Transcript transcript, UnaryOperator<String> redaction) {
    ObjectNode root = JSON.createObjectNode();
    root.put("requests", transcript.requests());
    root.put("elapsed_ms", transcript.elapsed().toMillis());
    root.put("tokens_in", transcript.usage().tokensIn());
    root.put("tokens_out", transcript.usage().tokensOut());
    transcript.usage().dollars().ifPresent(cost -> root.put("cost_usd", cost.toPlainString()));
    transcript.toolNames().forEach(root.putArray("tool_names")::add);
    ArrayNode messages = root.putArray("messages");
    int last = transcript.messages().size() - 1;
    for (int i = 0; i <= last; i++) {
      UnaryOperator<String> arguments = i == last ? UnaryOperator.identity() : redaction;
      write(messages.addObject(), transcript.messages().get(i), redaction, arguments);
    }
    return root;
  }

  private static void write(
      ObjectNode node,
      Message message,
      UnaryOperator<String> redaction,
      UnaryOperator<String> arguments) {
    switch (message) {
      case Message.Instructions(String text) ->
          node.put("role", "system").put("text", redaction.apply(text));
      case Message.User(String text) -> node.put("role", "user").put("text", redaction.apply(text));
      case Message.Assistant(Turn turn) -> {
        node.put("role", "assistant").put("text", redaction.apply(turn.text()));
        ArrayNode calls = node.putArray("tool_calls");
        turn.requests().forEach(request -> write(calls.addObject(), request, arguments));
        turn.continuation()
            .ifPresent(given ->
                node.putObject("continuation")
                    .put("model", given.model())
                    .set("content", redacted(given, redaction)));
      }
      case Message.Verdict(Turn turn) ->
          node.put("role", "aside").put("text", redaction.apply(turn.text()));
      case Message.ToolAnswer(ToolRequest request, String text, var ended) -> {
        node.put("role", "tool").put("text", redaction.apply(text));
        ended.ifPresent(status -> node.put("ended", status.word()));
        write(node.putObject("call"), request, arguments);
      }
    }
  }

  private static void write(ObjectNode node, ToolRequest request, UnaryOperator<String> arguments) {
    node.put("id", request.id());
    node.put("name", request.tool());
    node.put("arguments", arguments.apply(request.arguments()));
  }

  /// @throws IllegalArgumentException if [#write] cannot have written it
  static Transcript read(JsonNode root) {
    List<Message> messages = new ArrayList<>();
    root.path("messages").forEach(node -> messages.add(message(node)));
    List<String> names = new ArrayList<>();
    root.path("tool_names").forEach(name -> names.add(name.asText()));
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("it holds no messages");
    }
    return new Transcript(
        messages,
        usage(root),
        names,
        root.path("requests").asInt(),
        Duration.ofMillis(root.path("elapsed_ms").asLong()));
  }

  private static Usage usage(JsonNode root) {
    Optional<BigDecimal> dollars =
        Optional.of(root.path("cost_usd").asText())
            .filter(value -> !value.isEmpty())
            .map(BigDecimal::new);
    return new Usage(
        root.path("tokens_in").asLong(), root.path("tokens_out").asLong(), 0, 0, dollars);
  }

  private static Message message(JsonNode node) {
    String text = node.path("text").asText();
    return switch (node.path("role").asText()) {
      case "system" -> new Message.Instructions(text);
      case "user" -> new Message.User(text);
      case "assistant" -> {
        List<ToolRequest> requests = new ArrayList<>();
        node.path("tool_calls").forEach(call -> requests.add(request(call)));
        yield new Message.Assistant(
            new Turn(
                text,
                requests,
                Turn.Finish.COMPLETE,
                Usage.NONE,
                continuation(node.path("continuation"))));
      }
      case "aside" ->
          new Message.Verdict(new Turn(text, List.of(), Turn.Finish.COMPLETE, Usage.NONE));
      case "tool" ->
          new Message.ToolAnswer(
              request(node.path("call")),
              text,
              ToolResult.Status.ofWord(node.path("ended").asText()));
      case String other ->
          throw new IllegalArgumentException("no message has the role '" + other + "'");
    };
  }

  private static Optional<Continuation> continuation(JsonNode node) {
    return node.path("content").isObject()
        ? Optional.of(
            new Continuation(node.path("model").asText(), AnswerJson.write(node.path("content"))))
        : Optional.empty();
  }

  /// Redacts a model's thinking and keeps its signatures: a changed signature is invalid.
  private static JsonNode redacted(Continuation given, UnaryOperator<String> redaction) {
    JsonNode content = AnswerJson.parse(given.content()).orElse(AnswerJson.object());
    redact(content, redaction);
    return content;
  }

  private static void redact(JsonNode node, UnaryOperator<String> redaction) {
    node.forEach(child -> redact(child, redaction));
    if (node instanceof ObjectNode object) {
      for (String key : THOUGHTS) {
        if (object.path(key).isTextual()) {
          object.put(key, redaction.apply(object.path(key).textValue()));
        }
      }
    }
  }

  private static ToolRequest request(JsonNode node) {
    return new ToolRequest(
        node.path("id").asText(), node.path("name").asText(), node.path("arguments").asText());
  }
}
