import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderResult;
import initrunner.Role;
import initrunner.Sandbox;
import java.nio.file.Path;
import java.util.List;

/// A LangChain4j program whose model gets a role's tools: they run where the role says, under its
/// rules, and leave their rows in the audit log.
///
/// ```
/// java --enable-native-access=ALL-UNNAMED -cp "target/initrunner.jar:target/lib/*:$LANGCHAIN4J" \
///   examples/java/LangChain4jTools.java role.yaml "Which tests fail?"
/// ```
public final class LangChain4jTools {

  private LangChain4jTools() {}

  /// What LangChain4j makes of the model and the tools.
  interface Assistant {

    /// Answers a prompt, calling tools as the model wants.
    String chat(String prompt);
  }

  /// @param args the role's file and the prompt
  public static void main(String[] args) {
    OpenAiChatModel model =
        OpenAiChatModel.builder()
            .baseUrl(System.getenv().getOrDefault("OPENAI_BASE_URL", "https://api.openai.com/v1"))
            .apiKey(System.getenv("OPENAI_API_KEY"))
            .modelName("gpt-5-mini")
            .build();
    try (Sandbox sandbox = Sandbox.open(Role.load(Path.of(args[0])))) {
      Assistant assistant =
          AiServices.builder(Assistant.class)
              .chatModel(model)
              .toolProvider(toolsOf(sandbox))
              .build();
      System.out.println(assistant.chat(args[1]));
    }
  }

  static ToolProvider toolsOf(Sandbox sandbox) {
    return _ -> {
      ToolProviderResult.Builder tools = ToolProviderResult.builder();
      for (Sandbox.Tool tool : sandbox.tools()) {
        tools.add(
            specification(tool),
            (request, _) -> tool.call(request.id(), request.arguments()).text());
      }
      return tools.build();
    };
  }

  private static ToolSpecification specification(Sandbox.Tool tool) {
    JsonObjectSchema.Builder arguments = JsonObjectSchema.builder();
    for (Sandbox.Parameter parameter : tool.parameters()) {
      switch (parameter.type()) {
        case "integer" -> arguments.addIntegerProperty(parameter.name(), parameter.description());
        case "boolean" -> arguments.addBooleanProperty(parameter.name(), parameter.description());
        default -> arguments.addStringProperty(parameter.name(), parameter.description());
      }
    }
    List<String> required =
        tool.parameters().stream()
            .filter(Sandbox.Parameter::required)
            .map(Sandbox.Parameter::name)
            .toList();
    return ToolSpecification.builder()
        .name(tool.name())
        .description(tool.description())
        .parameters(arguments.required(required).build())
        .build();
  }
}
