package initrunner.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// Answers in Google's generateContent: calls have no id, and the first of a turn is signed.
public final class ScriptedGemini {

  public static final String SIGNATURE = "c2lnbmVk";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ScriptedGemini() {}

  static JsonNode whole(ScriptedModel.Answer answer) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode candidate = candidate(root);
    ArrayNode parts = (ArrayNode) candidate.path("content").path("parts");
    if (!answer.text().isEmpty()) {
      parts.addObject().put("text", answer.text());
    }
    calls(parts, answer);
    end(root, candidate, answer);
    return root;
  }

  /// Text word by word, all calls in the last event.
  static List<String> events(ScriptedModel.Answer answer) {
    List<String> events = new ArrayList<>();
    for (String word : answer.text().split("(?<= )", -1)) {
      if (!word.isEmpty()) {
        ObjectNode root = JSON.createObjectNode();
        ((ArrayNode) candidate(root).path("content").path("parts")).addObject().put("text", word);
        events.add("data: " + root + "\n\n");
      }
    }
    ObjectNode last = JSON.createObjectNode();
    ObjectNode candidate = candidate(last);
    calls((ArrayNode) candidate.path("content").path("parts"), answer);
    end(last, candidate, answer);
    events.add("data: " + last + "\n\n");
    return events;
  }

  private static ObjectNode candidate(ObjectNode root) {
    ObjectNode candidate = root.putArray("candidates").addObject().put("index", 0);
    candidate.putObject("content").put("role", "model").putArray("parts");
    return candidate;
  }

  private static void calls(ArrayNode parts, ScriptedModel.Answer answer) {
    boolean first = true;
    for (ScriptedModel.Call call : answer.calls()) {
      ObjectNode part = parts.addObject();
      part.putObject("functionCall")
          .put("name", call.tool())
          .set("args", ScriptedMessages.parsed(call.arguments()));
      if (first) {
        part.put("thoughtSignature", SIGNATURE);
        first = false;
      }
    }
  }

  private static void end(ObjectNode root, ObjectNode candidate, ScriptedModel.Answer answer) {
    candidate.put(
        "finishReason",
        switch (answer.finishReason()) {
          case "length" -> "MAX_TOKENS";
          case "content_filter" -> "SAFETY";
          default -> "STOP";
        });
    root.putObject("usageMetadata")
        .put("promptTokenCount", ScriptedModel.PROMPT_TOKENS)
        .put("candidatesTokenCount", ScriptedModel.COMPLETION_TOKENS)
        .put("totalTokenCount", ScriptedModel.PROMPT_TOKENS + ScriptedModel.COMPLETION_TOKENS);
    root.put("modelVersion", "scripted");
  }
}
