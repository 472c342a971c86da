package initrunner.model.endpoint;

import initrunner.model.ModelException;
import initrunner.role.KeyVariables;
import initrunner.role.model.AddressRules;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The providers whose addresses are known. Without a named model, the first one with a key is
/// used, in this order.
public enum Provider {
  ANTHROPIC(Api.MESSAGES, "https://api.anthropic.com/v1", "claude-sonnet-4-5"),
  OPENAI(Api.CHAT_COMPLETIONS, "https://api.openai.com/v1", "gpt-5-mini"),
  GOOGLE(
      Api.GENERATE_CONTENT, "https://generativelanguage.googleapis.com/v1beta", "gemini-2.5-flash"),
  GROQ(Api.CHAT_COMPLETIONS, "https://api.groq.com/openai/v1", "llama-3.3-70b-versatile"),
  MISTRAL(Api.CHAT_COMPLETIONS, "https://api.mistral.ai/v1", "mistral-large-latest"),
  COHERE(Api.CHAT_COMPLETIONS, "https://api.cohere.ai/compatibility/v1", "command-a-03-2025"),
  XAI(Api.CHAT_COMPLETIONS, "https://api.x.ai/v1", "grok-4"),
  DEEPSEEK(Api.CHAT_COMPLETIONS, "https://api.deepseek.com/v1", "deepseek-chat"),
  OPENROUTER(Api.CHAT_COMPLETIONS, "https://openrouter.ai/api/v1", "openai/gpt-5-mini"),
  OLLAMA(Api.CHAT_COMPLETIONS, "http://localhost:11434/v1", "");

  private final Api api;
  private final URI url;
  private final String usualModel;

  Provider(Api api, String url, String usualModel) {
    this.api = api;
    this.url = URI.create(url);
    this.usualModel = usualModel;
  }

  public static Optional<Provider> named(String name) {
    return Stream.of(values()).filter(provider -> provider.id().equals(name)).findFirst();
  }

  public static ModelException unknown(String provider) {
    return new ModelException(
        ModelException.Kind.NAME_INVALID,
        "provider '" + provider + "' is not known; known are " + names(),
        "For another server that speaks OpenAI's Chat Completions, set spec.model.base_url (and"
            + " spec.model.api_key_env) in the role.");
  }

  /// All of them, for a message.
  public static String names() {
    return Stream.of(values()).map(Provider::id).collect(Collectors.joining(", "));
  }

  /// The first provider whose key the environment holds.
  public static Optional<Provider> withKey(Map<String, String> environment) {
    return Stream.of(values())
        .filter(provider ->
            provider
                .keyVariable()
                .filter(name -> !environment.getOrDefault(name, "").isBlank())
                .isPresent())
        .findFirst();
  }

  /// As a role names it.
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  public Api api() {
    return api;
  }

  public URI url() {
    return url;
  }

  /// The variable that redirects this provider's requests, with their key.
  public String urlVariable() {
    return AddressRules.addressVariable(id());
  }

  /// Empty if the provider needs none.
  public Optional<String> keyVariable() {
    return KeyVariables.ofProvider(id());
  }

  /// The model that is used when only the provider is named.
  public String usualModel() {
    return usualModel;
  }
}
