package initrunner.role.model;

import initrunner.schema.type.Words;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A model as `provider:name` names it.
public record ModelName(String provider, String name) {

  /// The providers whose servers are known; any other needs a `base_url`.
  public static final List<String> PROVIDERS =
      Words.of(
          """
          openai anthropic google mistral cohere ollama groq xai deepseek openrouter
          """);

  /// OpenAI's models that think before they answer, also behind another provider's `openai/`.
  private static final Pattern REASONING = Pattern.compile("(openai/)?(o\\d|gpt-5).*");

  /// Whether a model of this name is one that thinks before it answers. Such refuse what says how
  /// words are chosen.
  public static boolean isReasoning(String name) {
    return REASONING.matcher(name).matches();
  }

  /// The name in `provider:name`, or empty where one of the two is missing. A model's own name may
  /// hold further colons, as `ollama:qwen3:8b`.
  public static Optional<ModelName> parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    ModelName model = new ModelName(text.substring(0, colon), text.substring(colon + 1));
    boolean isWhole = !model.provider().isBlank() && !model.name().isBlank();
    return isWhole ? Optional.of(model) : Optional.empty();
  }

  /// `provider:name`.
  @Override
  public String toString() {
    return provider + ":" + name;
  }
}
