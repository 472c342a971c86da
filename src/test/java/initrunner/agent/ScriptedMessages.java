package initrunner.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Answers in Anthropic's Messages.
final class ScriptedMessages {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ScriptedMessages() {}

  static JsonNode whole(ScriptedModel.Answer answer) {
    ObjectNode root = start();
    ArrayNode content = root.putArray("content");
    if (!answer.text().isEmpty() || answer.calls().isEmpty()) {
      content.addObject().put("type", "text").put("text", answer.text());
    }
    for (ScriptedModel.Call call : answer.calls()) {
      content
          .addObject()
          .put("type", "tool_use")
          .put("id", call.id())
          .put("name", call.tool())
          .set("input", parsed(call.arguments()));
    }
    root.put("stop_reason", stopReason(answer));
    root.set("usage", usage(ScriptedModel.COMPLETION_TOKENS));
    return root;
  }

  /// Text word by word; the arguments of a call in two halves, after a ping in between.
  static List<String> events(ScriptedModel.Answer answer) {
    List<String> events = new ArrayList<>();
    ObjectNode message = start();
    message.putArray("content");
    message.set("usage", usage(1));
    events.add(event("message_start", JSON.createObjectNode().set("message", message)));
    events.add(event("ping", JSON.createObjectNode()));
    int index = 0;
    if (!answer.text().isEmpty() || answer.calls().isEmpty()) {
      ObjectNode block = JSON.createObjectNode().put("type", "text").put("text", "");
      events.add(blockStart(index, block));
      for (String word : answer.text().split("(?<= )", -1)) {
        events.add(
            delta(index, JSON.createObjectNode().put("type", "text_delta").put("text", word)));
      }
      events.add(blockStop(index++));
    }
    for (ScriptedModel.Call call : answer.calls()) {
      ObjectNode block = JSON.createObjectNode().put("type", "tool_use");
      block.put("id", call.id()).put("name", call.tool()).putObject("input");
      events.add(blockStart(index, block));
      int half = call.arguments().length() / 2;
      events.add(inputDelta(index, call.arguments().substring(0, half)));
      events.add(inputDelta(index, call.arguments().substring(half)));
      events.add(blockStop(index++));
    }
    ObjectNode last = JSON.createObjectNode();
    last.putObject("delta").put("stop_reason", stopReason(answer));
    last.putObject("usage").put("output_tokens", ScriptedModel.COMPLETION_TOKENS);
    events.add(event("message_delta", last));
    events.add(event("message_stop", JSON.createObjectNode()));
    return events;
  }

  private static ObjectNode start() {
    return JSON.createObjectNode()
        .put("id", "msg_1")
        .put("type", "message")
        .put("role", "assistant")
        .put("model", "scripted");
  }

  private static ObjectNode usage(int output) {
    return JSON.createObjectNode()
        .put("input_tokens", ScriptedModel.PROMPT_TOKENS)
        .put("output_tokens", output);
  }

  private static String stopReason(ScriptedModel.Answer answer) {
    return switch (answer.finishReason()) {
      case "tool_calls" -> "tool_use";
      case "length" -> "max_tokens";
      case "content_filter" -> "refusal";
      default -> "end_turn";
    };
  }

  private static String blockStart(int index, ObjectNode block) {
    return event(
        "content_block_start",
        JSON.createObjectNode().put("index", index).set("content_block", block));
  }

  private static String inputDelta(int index, String json) {
    return delta(
        index, JSON.createObjectNode().put("type", "input_json_delta").put("partial_json", json));
  }

  private static String delta(int index, ObjectNode delta) {
    return event(
        "content_block_delta", JSON.createObjectNode().put("index", index).set("delta", delta));
  }

  private static String blockStop(int index) {
    return event("content_block_stop", JSON.createObjectNode().put("index", index));
  }

  private static String event(String name, JsonNode data) {
    return "event: " + name + "\ndata: " + ((ObjectNode) data).put("type", name) + "\n\n";
  }

  static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
