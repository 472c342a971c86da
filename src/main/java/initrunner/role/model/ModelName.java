package initrunner.role.model;

import java.util.Optional;
import java.util.regex.Pattern;

/// A model as `provider:name` names it.
public record ModelName(String provider, String name) {

  /// OpenAI's models that think before they answer, also behind another provider's `openai/`.
  private static final Pattern REASONING = Pattern.compile("(openai/)?(o\\d|gpt-5).*");

  /// Whether this names a model that thinks before it answers. Those refuse sampling fields.
  public static boolean isReasoning(String name) {
    return REASONING.matcher(name).matches();
  }

  /// The name in `provider:name`, or empty if one of the two is missing. A model's own name may
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
