package initrunner.model.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.role.model.Api;
import initrunner.role.model.Provider;
import initrunner.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/// Changes LangChain4j's request where a provider needs other fields or more of them. Stateless.
final class SentBody {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern MISTRALS_ID = Pattern.compile("[A-Za-z0-9]{9}");

  private SentBody() {}

  /// A part of a conversation, or the rest of a request, as LangChain4j wrote it.
  static ObjectNode of(RenderedRequest request, ModelEndpoint endpoint) {
    ObjectNode root = parsed(request.body());
    if (endpoint.provider().equals(Provider.MISTRAL.id())) {
      mistral(root);
    }
    if (endpoint.api() == Api.GENERATE_CONTENT) {
      google(root);
    }
    return root;
  }

  private static ObjectNode parsed(String body) {
    try {
      if (JSON.readTree(body) instanceof ObjectNode root) {
        return root;
      }
      throw new IllegalStateException("a request is no JSON object");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a request is no JSON", e);
    }
  }

  /// Takes the conversation out of a request.
  static ArrayNode takeMessages(ObjectNode root, Api api) {
    return root.remove(messages(api)) instanceof ArrayNode messages ? messages : root.arrayNode();
  }

  /// The field with the conversation.
  static String messages(Api api) {
    return switch (api) {
      case GENERATE_CONTENT -> "contents";
      case CHAT_COMPLETIONS, MESSAGES -> "messages";
    };
  }

  /// Gives the server its own data back with the model's turns.
  ///
  /// @param returned one object for each turn, in order; an empty one for none
  static void giveBack(ArrayNode messages, Api api, List<JsonNode> returned) {
    List<JsonNode> turns = turns(messages, api);
    for (int i = 0; i < turns.size() && turns.size() == returned.size(); i++) {
      giveBack(turns.get(i), returned.get(i));
    }
  }

  private static List<JsonNode> turns(ArrayNode messages, Api api) {
    String model = api == Api.GENERATE_CONTENT ? "model" : "assistant";
    return StreamSupport.stream(messages.spliterator(), false)
        .filter(message -> message.path("role").asText().equals(model))
        .toList();
  }

  private static void giveBack(JsonNode turn, JsonNode returned) {
    if (!(turn instanceof ObjectNode message)) {
      return;
    }
    if (returned.path("message") instanceof ObjectNode fields) {
      message.setAll(fields);
      // DeepSeek accepts these fields only beside a text, even an empty one.
      if (message.path("content").isNull() || message.path("content").isMissingNode()) {
        message.put("content", "");
      }
    }
    if (returned.path("blocks") instanceof ArrayNode blocks
        && message.path("content") instanceof ArrayNode content) {
      for (int i = 0; i < blocks.size(); i++) {
        content.insert(i, blocks.get(i));
      }
    }
    List<JsonNode> calls = calls(message);
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i) instanceof ObjectNode call
          && returned.path("calls").path(i) instanceof ObjectNode extra) {
        call.setAll(extra);
      }
    }
  }

  private static List<JsonNode> calls(ObjectNode message) {
    List<JsonNode> calls = new ArrayList<>();
    message.path("tool_calls").forEach(calls::add);
    for (JsonNode part : message.path("parts")) {
      if (part.has("functionCall")) {
        calls.add(part);
      }
    }
    return calls;
  }

  /// Changes the request to one for an answer in one piece.
  ///
  /// @return its address
  static String whole(ObjectNode root, String url) {
    if (root.has("stream")) {
      root.put("stream", false);
    }
    root.remove("stream_options");
    return url.replace(":streamGenerateContent?alt=sse", ":generateContent");
  }

  /// Mistral refuses unknown fields, counts tokens unasked, and accepts call ids in its own form
  /// only: an id of another provider is replaced.
  private static void mistral(ObjectNode root) {
    root.remove("stream_options");
    for (JsonNode message : root.path("messages")) {
      message.path("tool_calls").forEach(call -> replace(call, "id"));
      replace(message, "tool_call_id");
    }
  }

  private static void replace(JsonNode node, String key) {
    if (node instanceof ObjectNode object && object.path(key).isTextual()) {
      String given = object.path(key).textValue();
      if (!MISTRALS_ID.matcher(given).matches()) {
        object.put(key, Sha256.hex(given.getBytes(StandardCharsets.UTF_8)).substring(0, 9));
      }
    }
  }

  /// Google accepts the answers to the calls of one turn as one message only.
  private static void google(ObjectNode root) {
    if (!(root.path("contents") instanceof ArrayNode contents)) {
      return;
    }
    ArrayNode merged = JSON.createArrayNode();
    for (JsonNode content : contents) {
      JsonNode last = merged.path(merged.size() - 1);
      if (isAnswer(content) && isAnswer(last) && last.path("parts") instanceof ArrayNode parts) {
        content.path("parts").forEach(parts::add);
      } else {
        merged.add(content);
      }
    }
    root.set("contents", merged);
  }

  private static boolean isAnswer(JsonNode content) {
    return content.path("parts").path(0).has("functionResponse");
  }
}
