package initrunner.agent;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import initrunner.tool.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Our conversation in LangChain4j's words, and back.
final class ChatMessages {

  /// LangChain4j takes no blank text as a tool's result.
  private static final String NO_TEXT = "(no output)";

  /// Where LangChain4j keeps what Gemini signed.
  private static final String SIGNATURE = "thinking_signature";

  private ChatMessages() {}

  static List<ChatMessage> of(List<Message> conversation) {
    return conversation.stream().flatMap(ChatMessages::of).toList();
  }

  private static Stream<ChatMessage> of(Message message) {
    return switch (message) {
      case Message.Instructions(String text) -> Stream.of(SystemMessage.from(text));
      case Message.User(String text) -> Stream.of(UserMessage.from(text));
      case Message.Assistant(Turn turn) -> Stream.of(of(turn));
      case Message.Aside _ -> Stream.empty();
      case Message.ToolAnswer(ToolRequest request, String text) ->
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
    turn.signature().ifPresent(value -> message.attributes(Map.of(SIGNATURE, value)));
    return message.build();
  }

  private static ToolExecutionRequest of(ToolRequest request) {
    return ToolExecutionRequest.builder()
        .id(request.id())
        .name(request.tool())
        .arguments(request.arguments())
        .build();
  }

  static List<ToolSpecification> specifications(List<Tool> tools) {
    return tools.stream().map(ChatMessages::specification).toList();
  }

  private static ToolSpecification specification(Tool tool) {
    JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
    for (Tool.Parameter parameter : tool.parameters()) {
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

  static Turn turn(ChatResponse response) {
    AiMessage message = response.aiMessage();
    List<ToolExecutionRequest> wanted = message.toolExecutionRequests();
    return new Turn(
        Optional.ofNullable(message.text()).orElse(""),
        requests(wanted),
        finish(Optional.ofNullable(response.finishReason())),
        Optional.ofNullable(response.tokenUsage()).map(CountedTokens::usage).orElse(Usage.UNKNOWN),
        Optional.ofNullable(message.attribute(SIGNATURE, String.class)));
  }

  /// Not every server gives its calls an id.
  private static List<ToolRequest> requests(List<ToolExecutionRequest> wanted) {
    List<ToolRequest> requests = new ArrayList<>();
    for (ToolExecutionRequest each : wanted) {
      int number = requests.size() + 1;
      requests.add(
          new ToolRequest(
              Optional.ofNullable(each.id()).filter(id -> !id.isBlank()).orElse("call-" + number),
              Optional.ofNullable(each.name()).orElse(""),
              Optional.ofNullable(each.arguments()).orElse("")));
    }
    return requests;
  }

  /// Servers name other reasons too; all of them come with a whole answer.
  private static Turn.Finish finish(Optional<FinishReason> reason) {
    return reason
        .map(known ->
            switch (known) {
              case LENGTH -> Turn.Finish.LENGTH;
              case CONTENT_FILTER -> Turn.Finish.CONTENT_FILTER;
              case STOP, TOOL_EXECUTION, OTHER -> Turn.Finish.COMPLETE;
            })
        .orElse(Turn.Finish.COMPLETE);
  }
}
