package initrunner.model.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.model.chat.request.ChatRequest;
import initrunner.model.Message;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.tool.Tool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// Writes the requests of one model. A conversation goes out whole with each turn, so its exchanges
/// (a prompt, or the model's turn with the answers to its calls) are kept as they were written for
/// the last request, and only the new ones are written. Safe for many threads.
final class RequestWriter {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// Stands for the conversation where the rest of a request is written.
  private static final Message NO_PROMPT = new Message.User("-");

  private final ModelEndpoint endpoint;
  private final Models.Delivery delivery;
  private final String model;
  private volatile Map<Exchange, byte[]> written = Map.of();

  /// @param model as `provider:name`
  RequestWriter(ModelEndpoint endpoint, Models.Delivery delivery, String model) {
    this.endpoint = endpoint;
    this.delivery = delivery;
    this.model = model;
  }

  /// @param returning is part of what is written
  private record Exchange(List<Message> messages, Returning returning) {}

  /// @throws RuntimeException if LangChain4j cannot write the conversation in this protocol
  SentRequest write(
      List<Message> conversation, List<Tool> tools, RequestFields fields, Returning returning) {
    Protocol protocol = protocol(tools.isEmpty() ? fields.withoutTools() : fields);
    RenderedRequest rest = rendered(protocol, withoutPrompt(conversation), tools);
    ObjectNode root = SentBody.of(rest, endpoint);
    ArrayNode instructions = SentBody.takeMessages(root, endpoint.api());
    instructions.remove(instructions.size() - 1);
    String url = delivery == Models.Delivery.WHOLE ? SentBody.whole(root, rest.url()) : rest.url();
    List<byte[]> messages = new ArrayList<>();
    if (!instructions.isEmpty()) {
      messages.add(elements(instructions));
    }
    messages.addAll(written(protocol, conversation, returning));
    return new SentRequest(url, rest.headers(), body(root, messages));
  }

  private static List<Message> withoutPrompt(List<Message> conversation) {
    return Stream.concat(
            conversation.stream().filter(Message.Instructions.class::isInstance),
            Stream.of(NO_PROMPT))
        .toList();
  }

  private List<byte[]> written(Protocol protocol, List<Message> conversation, Returning returning) {
    Map<Exchange, byte[]> before = written;
    SequencedMap<Exchange, byte[]> now = new LinkedHashMap<>();
    List<byte[]> all = new ArrayList<>();
    for (Exchange exchange : exchanges(conversation, returning)) {
      byte[] known = before.get(exchange);
      byte[] elements = known == null ? written(protocol, exchange) : known;
      now.put(exchange, elements);
      all.add(elements);
    }
    written = now;
    return all;
  }

  private static List<Exchange> exchanges(List<Message> conversation, Returning returning) {
    List<Exchange> exchanges = new ArrayList<>();
    List<Message> current = new ArrayList<>();
    for (Message message : conversation) {
      switch (message) {
        case Message.Instructions _, Message.Verdict _ -> {}
        case Message.User _, Message.Assistant _ -> {
          end(current, exchanges, returning);
          current.add(message);
        }
        case Message.ToolAnswer _ -> current.add(message);
      }
    }
    end(current, exchanges, returning);
    return exchanges;
  }

  private static void end(List<Message> current, List<Exchange> exchanges, Returning returning) {
    if (!current.isEmpty()) {
      exchanges.add(new Exchange(List.copyOf(current), returning));
      current.clear();
    }
  }

  private byte[] written(Protocol protocol, Exchange exchange) {
    RenderedRequest request = rendered(protocol, exchange.messages(), List.of());
    ArrayNode messages = SentBody.takeMessages(SentBody.of(request, endpoint), endpoint.api());
    SentBody.giveBack(
        messages, endpoint.api(), exchange.returning().of(exchange.messages(), model));
    return elements(messages);
  }

  private static RenderedRequest rendered(
      Protocol protocol, List<Message> messages, List<Tool> tools) {
    return RenderedRequest.of(
        protocol::streamed,
        ChatRequest.builder()
            .messages(ChatMessages.of(messages))
            .toolSpecifications(ChatMessages.specifications(tools))
            .build());
  }

  private Protocol protocol(RequestFields fields) {
    return switch (endpoint.api()) {
      case CHAT_COMPLETIONS -> new ChatCompletions(endpoint, fields);
      case MESSAGES -> new AnthropicMessages(endpoint, fields);
      case GENERATE_CONTENT -> new GeminiContent(endpoint, fields);
    };
  }

  /// The request with the conversation as its last field.
  private ByteBuffer body(ObjectNode rest, List<byte[]> messages) {
    byte[] object = bytes(rest);
    String begin = (rest.isEmpty() ? "" : ",") + '"' + SentBody.messages(endpoint.api()) + "\":[";
    int size = object.length + begin.length() + 1;
    size += messages.stream().mapToInt(each -> each.length + 1).sum();
    ByteBuffer body = ByteBuffer.allocate(size);
    body.put(object, 0, object.length - 1).put(begin.getBytes(StandardCharsets.UTF_8));
    byte separator = ' ';
    for (byte[] each : messages) {
      body.put(separator).put(each);
      separator = ',';
    }
    return body.put((byte) ']').put((byte) '}');
  }

  /// Without the brackets around them.
  private static byte[] elements(ArrayNode messages) {
    byte[] array = bytes(messages);
    return Arrays.copyOfRange(array, 1, array.length - 1);
  }

  private static byte[] bytes(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a request cannot be written", e);
    }
  }
}
