package initrunner.model.http;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import initrunner.model.Message;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.answer.AnswerJson;
import initrunner.tool.Tool;
import java.util.List;
import java.util.stream.Stream;

/// Translates a conversation to LangChain4j's types.
final class ChatMessages {

  /// LangChain4j rejects a blank text as a tool's result.
  private static final String NO_TEXT = "(no output)";

  private ChatMessages() {}

  static List<ChatMessage> of(List<Message> conversation) {
    return conversation.stream().flatMap(ChatMessages::of).toList();
  }

  private static Stream<ChatMessage> of(Message message) {
    return switch (message) {
      case Message.Instructions(String text) -> Stream.of(SystemMessage.from(text));
      case Message.User(String text) -> Stream.of(UserMessage.from(text));
      case Message.Assistant(Turn turn) -> Stream.of(of(turn));
      case Message.Verdict _ -> Stream.empty();
      case Message.ToolAnswer(ToolRequest request, String text, _) ->
          Stream.of(ToolExecutionResultMessage.from(of(request), text.isBlank() ? NO_TEXT : text));
    };
  }

  private static AiMessage of(Turn turn) {
    AiMessage.Builder message =
        AiMessage.builder()
            .toolExecutionRequests(turn.requests().stream().map(ChatMessages::of).toList());
    if (!turn.text().isEmpty()) {
      message.text(turn.text());
    }
    return message.build();
  }

  private static ToolExecutionRequest of(ToolRequest request) {
    return ToolExecutionRequest.builder()
        .id(request.id())
        .name(request.tool())
        .arguments(object(request.arguments()))
        .build();
  }

  /// Servers refuse a conversation with malformed arguments, though the model wrote them.
  private static String object(String arguments) {
    if (arguments.isBlank()) {
      return "{}";
    }
    return AnswerJson.isObject(arguments)
        ? arguments
        : AnswerJson.write(AnswerJson.object().put("invalid_json", arguments));
  }

  static List<ToolSpecification> specifications(List<Tool> tools) {
    return tools.stream().map(ChatMessages::specification).toList();
  }

  private static ToolSpecification specification(Tool tool) {
    JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
    for (Tool.Parameter parameter : tool.parameters()) {
      if (!parameter.allowed().isEmpty()) {
        schema.addEnumProperty(parameter.name(), parameter.allowed(), parameter.description());
        continue;
      }
      switch (parameter.kind()) {
        case STRING -> schema.addStringProperty(parameter.name(), parameter.description());
        case INTEGER -> schema.addIntegerProperty(parameter.name(), parameter.description());
        case BOOLEAN -> schema.addBooleanProperty(parameter.name(), parameter.description());
      }
    }
    schema.required(
        tool.parameters().stream()
            .filter(Tool.Parameter::required)
            .map(Tool.Parameter::name)
            .toList());
    return ToolSpecification.builder()
        .name(tool.name())
        .description(tool.description())
        .parameters(schema.build())
        .build();
  }
}
