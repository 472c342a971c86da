package initrunner.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// What is sent where LangChain4j's words are not those that a provider takes. Stateless.
final class SentBody {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern MISTRALS_ID = Pattern.compile("[A-Za-z0-9]{9}");

  private SentBody() {}

  static String of(String body, String provider) {
    try {
      if (provider.equals(Provider.MISTRAL.id())
          && JSON.readTree(body) instanceof ObjectNode root) {
        return JSON.writeValueAsString(mistral(root));
      }
      if (provider.equals(Provider.GOOGLE.id()) && JSON.readTree(body) instanceof ObjectNode root) {
        return JSON.writeValueAsString(google(root));
      }
      return body;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a request is no JSON", e);
    }
  }

  /// It refuses a field that it does not know, counts tokens without being asked to, and takes ids
  /// of calls in its own form only: those that another provider gave get one.
  private static ObjectNode mistral(ObjectNode root) {
    root.remove("stream_options");
    Map<String, String> ids = new HashMap<>();
    for (JsonNode message : root.path("messages")) {
      message.path("tool_calls").forEach(call -> replace(call, "id", ids));
      replace(message, "tool_call_id", ids);
    }
    return root;
  }

  private static void replace(JsonNode node, String key, Map<String, String> ids) {
    if (node instanceof ObjectNode object && object.path(key).isTextual()) {
      String given = object.path(key).textValue();
      String id =
          MISTRALS_ID.matcher(given).matches()
              ? given
              : ids.computeIfAbsent(given, _ -> String.format(Locale.ROOT, "call%05d", ids.size()));
      object.put(key, id);
    }
  }

  /// It takes the answers to the calls of one turn as one message only.
  private static ObjectNode google(ObjectNode root) {
    if (!(root.path("contents") instanceof ArrayNode contents)) {
      return root;
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
    return root;
  }

  private static boolean isAnswer(JsonNode content) {
    return content.path("parts").path(0).has("functionResponse");
  }
}
