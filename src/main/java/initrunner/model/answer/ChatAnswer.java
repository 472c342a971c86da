package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An answer of Chat Completions in all the forms that servers send. For one thread.
final class ChatAnswer implements Answer {

  /// Fields with a model's reasoning. A server takes it back under the name that it used itself.
  private static final List<String> REASONING = List.of("reasoning_content", "reasoning");

  private static final String DETAILS = "reasoning_details";
  private static final List<String> OF_CALLS = List.of("extra_content", "provider_specific_fields");
  private static final List<String> JOINED = List.of("text", "summary", "data");

  private final Gathered gathered;
  private final Map<String, StringBuilder> reasoning = new TreeMap<>();
  private final ArrayNode details = AnswerJson.object().arrayNode();

  ChatAnswer(Gathered gathered) {
    this.gathered = gathered;
  }

  @Override
  public Gathered gathered() {
    return gathered;
  }

  @Override
  public boolean take(String event, JsonNode piece) throws IOException {
    gathered.usage(CountedTokens.ofChat(piece.path("usage")));
    gathered.usage(CountedTokens.ofChat(piece.path("x_groq").path("usage")));
    boolean isAnswer = false;
    for (JsonNode choice : piece.path("choices")) {
      isAnswer |= choice.path("delta").isObject() || choice.path("message").isObject();
      take(choice);
      JsonNode reason = choice.path("finish_reason");
      gathered.end(reason.isNull() ? "" : reason.asText(""));
    }
    return isAnswer;
  }

  /// A whole message may repeat the pieces before it; and of several choices one may hold the text,
  /// and the next one the calls.
  private void take(JsonNode choice) throws IOException {
    JsonNode delta = choice.path("delta");
    JsonNode said = delta.isObject() ? delta : choice.path("message");
    if (delta.isObject() || !gathered.hasText()) {
      words(said);
    }
    if (delta.isObject() || gathered.calls().size() == 0) {
      for (JsonNode call : wanted(said)) {
        int number = gathered.calls().size();
        call(call, delta.isObject() ? CallPieces.index(call.path("index")) : Optional.of(number));
      }
    }
  }

  private void words(JsonNode message) throws IOException {
    content(message.path("content"));
    String refusal = message.path("refusal").asText("");
    if (!message.path("refusal").isNull() && !refusal.isEmpty()) {
      gathered.text(refusal);
      gathered.end("refusal");
    }
    for (String field : REASONING) {
      if (message.path(field).isTextual()) {
        String text = message.path(field).textValue();
        gathered.count(text.length());
        reasoning.computeIfAbsent(field, _ -> new StringBuilder()).append(text);
      }
    }
    for (JsonNode detail : message.path(DETAILS)) {
      detail(detail);
    }
  }

  /// The calls come as a list, as a single call, or as the older `function_call`.
  private static List<JsonNode> wanted(JsonNode message) {
    List<JsonNode> wanted = new ArrayList<>();
    JsonNode calls = message.path("tool_calls");
    if (calls.isArray()) {
      calls.forEach(wanted::add);
    } else if (calls.isObject()) {
      wanted.add(calls);
    }
    if (message.path("function_call").isObject()) {
      wanted.add(AnswerJson.object().set("function", message.path("function_call")));
    }
    return wanted;
  }

  /// A text, or a list of parts, of which some hold the model's thinking.
  private void content(JsonNode content) throws IOException {
    if (content.isArray()) {
      for (JsonNode part : content) {
        content(part);
      }
    } else if (content.isObject()) {
      switch (content.path("type").asText("text")) {
        case "text", "output_text" -> gathered.text(content.path("text").asText(""));
        case "refusal" -> {
          gathered.text(content.path("refusal").asText(""));
          gathered.end("refusal");
        }
        default -> gathered.count(AnswerJson.write(content).length());
      }
    } else if (content.isValueNode() && !content.isNull()) {
      gathered.text(content.asText());
    }
  }

  private void call(JsonNode node, Optional<Integer> index) throws IOException {
    JsonNode function = node.path("function").isObject() ? node.path("function") : node;
    CallPieces.Piece piece =
        new CallPieces.Piece(
            index,
            CallPieces.word(node.path("id")),
            CallPieces.word(function.path("name")),
            CallPieces.arguments(function.path("arguments")));
    // Some servers end a list of calls with an empty entry.
    if (piece.id().isBlank() && piece.name().isBlank() && piece.arguments().isEmpty()) {
      return;
    }
    CallPieces.Call call = gathered.call(piece);
    for (String field : OF_CALLS) {
      if (node.path(field).isObject()) {
        gathered.count(AnswerJson.write(node.path(field)).length());
        call.extra().set(field, node.path(field));
      }
    }
  }

  /// Pieces of one detail have the same type and index.
  private void detail(JsonNode detail) throws IOException {
    gathered.count(AnswerJson.write(detail).length());
    if (details.path(details.size() - 1) instanceof ObjectNode last
        && detail instanceof ObjectNode more
        && last.path("type").equals(more.path("type"))
        && last.path("index").equals(more.path("index"))) {
      more.properties()
          .forEach(field -> {
            JsonNode old = last.path(field.getKey());
            boolean isJoined =
                JOINED.contains(field.getKey()) && old.isTextual() && field.getValue().isTextual();
            if (isJoined) {
              last.put(field.getKey(), old.textValue() + field.getValue().textValue());
            } else if (!field.getValue().isNull()) {
              last.set(field.getKey(), field.getValue());
            }
          });
    } else {
      details.add(detail.deepCopy());
    }
  }

  @Override
  public void finish() {
    ObjectNode message = AnswerJson.object();
    reasoning.forEach((field, text) -> message.put(field, text.toString()));
    if (!details.isEmpty()) {
      message.remove("reasoning");
      message.set(DETAILS, details);
    }
    if (!message.isEmpty()) {
      gathered.returned().set("message", message);
    }
  }
}
