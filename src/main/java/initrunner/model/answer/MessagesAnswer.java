package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/// An answer of Messages: one object, or events that build one block after the other. For one
/// thread.
final class MessagesAnswer implements Answer {

  private final Gathered gathered;
  private final Map<Integer, Block> blocks = new TreeMap<>();
  private final ObjectNode usage = AnswerJson.object();
  private boolean hasStopped;
  private boolean isNewText;

  /// A block in progress: a call, or the model's thinking.
  private sealed interface Block {

    record Call(JsonNode input, StringBuilder pieces, CallPieces.Call call) implements Block {}

    record Thought(ObjectNode node, StringBuilder text, StringBuilder signature) implements Block {}
  }

  MessagesAnswer(Gathered gathered) {
    this.gathered = gathered;
  }

  @Override
  public Gathered gathered() {
    return gathered;
  }

  @Override
  public boolean take(String event, JsonNode piece) throws IOException {
    switch (piece.path("type").asText(event)) {
      case "message_start" -> count(piece.path("message").path("usage"));
      case "content_block_start" ->
          start(piece.path("index").asInt(blocks.size()), piece.path("content_block"));
      case "content_block_delta" -> delta(piece.path("index").asInt(), piece.path("delta"));
      case "message_delta" -> {
        reason(piece.path("delta"));
        count(piece.path("usage"));
      }
      case "message_stop" -> hasStopped = true;
      case "message" -> {
        return whole(piece);
      }
      default -> {
        return piece.path("content").isArray() && whole(piece);
      }
    }
    return true;
  }

  private boolean whole(JsonNode message) throws IOException {
    JsonNode content = message.path("content");
    if (content.isTextual()) {
      gathered.text(content.textValue());
    }
    for (JsonNode block : content) {
      start(blocks.size(), block);
    }
    reason(message);
    count(message.path("usage"));
    hasStopped = true;
    return content.isArray() || content.isTextual();
  }

  private void reason(JsonNode node) {
    gathered.end(AnswerJson.text(node.path("stop_reason")).orElse(""));
    gathered.why(node.path("stop_details").path("explanation").asText(""));
  }

  /// Later counts complete the earlier ones.
  private void count(JsonNode more) {
    for (Map.Entry<String, JsonNode> field : more.properties()) {
      if (field.getValue().isNumber()) {
        usage.set(field.getKey(), field.getValue());
      }
    }
    gathered.usage(CountedTokens.ofMessages(usage));
  }

  private void start(int index, JsonNode block) throws IOException {
    switch (block.path("type").asText("")) {
      case "text" -> {
        isNewText = gathered.hasText();
        text(block.path("text").asText(""));
        blocks.remove(index);
      }
      case "tool_use" -> {
        CallPieces.Call call = gathered.wholeCall(block, "");
        blocks.put(index, new Block.Call(block.path("input"), new StringBuilder(), call));
      }
      case "thinking", "redacted_thinking" -> {
        ObjectNode node = block.deepCopy();
        gathered.count(AnswerJson.write(node).length());
        blocks.put(
            index,
            new Block.Thought(
                node,
                new StringBuilder(node.path("thinking").asText("")),
                new StringBuilder(node.path("signature").asText(""))));
      }
      default -> blocks.remove(index);
    }
  }

  private void text(String piece) throws IOException {
    if (isNewText && !piece.isEmpty()) {
      isNewText = false;
      gathered.text("\n");
    }
    gathered.text(piece);
  }

  private void delta(int index, JsonNode delta) throws IOException {
    text(delta.path("text").asText(""));
    switch (blocks.get(index)) {
      case null -> {}
      case Block.Call(_, StringBuilder pieces, _) -> {
        String piece = CallPieces.arguments(delta.path("partial_json"));
        gathered.count(piece.length());
        pieces.append(piece);
      }
      case Block.Thought(_, StringBuilder thought, StringBuilder signature) -> {
        thought.append(delta.path("thinking").asText(""));
        signature.append(delta.path("signature").asText(""));
        gathered.count(AnswerJson.write(delta).length());
      }
    }
  }

  @Override
  public boolean hasEnded() {
    return hasStopped;
  }

  @Override
  public void finish() {
    ArrayNode thoughts = AnswerJson.object().arrayNode();
    for (Block block : blocks.values()) {
      switch (block) {
        case Block.Call(JsonNode input, StringBuilder pieces, CallPieces.Call call) ->
            call.arguments(pieces.isEmpty() ? CallPieces.arguments(input) : pieces.toString());
        case Block.Thought(ObjectNode node, StringBuilder text, StringBuilder signature) -> {
          if (node.path("type").asText().equals("thinking")) {
            node.put("thinking", text.toString()).put("signature", signature.toString());
          }
          thoughts.add(node);
        }
      }
    }
    if (!thoughts.isEmpty()) {
      gathered.returned().set("blocks", thoughts);
    }
  }
}
