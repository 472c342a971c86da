package initrunner.role;

import initrunner.role.model.ModelSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The variables that hold keys of models. Stateless.
public final class KeyVariables {

  private static final Map<String, String> BY_PROVIDER =
      Map.of(
          "anthropic", "ANTHROPIC_API_KEY",
          "openai", "OPENAI_API_KEY",
          "google", "GOOGLE_API_KEY",
          "groq", "GROQ_API_KEY",
          "mistral", "MISTRAL_API_KEY",
          "cohere", "CO_API_KEY",
          "xai", "XAI_API_KEY",
          "deepseek", "DEEPSEEK_API_KEY",
          "openrouter", "OPENROUTER_API_KEY");

  private KeyVariables() {}

  /// The one of a provider; empty where it wants none, or is not known.
  public static Optional<String> ofProvider(String provider) {
    return Optional.ofNullable(BY_PROVIDER.get(provider));
  }

  /// Those whose values no command of a role gets and no output shows: the one that the role names,
  /// and those of the providers, as a run may be given another model than the role's. Of the
  /// latter, not what the role lists in `env_allowlist`.
  public static List<String> of(Role role) {
    List<String> allowed = role.security().sensitiveNames().allowed().orElse(List.of());
    return Stream.concat(
            role.model().flatMap(ModelSettings::apiKeyEnv).stream(),
            BY_PROVIDER.values().stream().filter(name -> !allowed.contains(name)).sorted())
        .distinct()
        .toList();
  }
}
