package initrunner.role.model;

import static initrunner.role.model.Api.CHAT_COMPLETIONS;
import static initrunner.role.model.Api.GENERATE_CONTENT;
import static initrunner.role.model.Api.MESSAGES;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The providers whose servers are known; any other needs a `base_url`. Without a named model, the
/// first one with a key is used, in this order.
public enum Provider {
  ANTHROPIC(MESSAGES, "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", "claude-sonnet-4-5"),
  OPENAI(CHAT_COMPLETIONS, "https://api.openai.com/v1", "OPENAI_API_KEY", "gpt-5-mini"),
  GOOGLE(
      GENERATE_CONTENT,
      "https://generativelanguage.googleapis.com/v1beta",
      "GOOGLE_API_KEY",
      "gemini-2.5-flash"),
  GROQ(
      CHAT_COMPLETIONS,
      "https://api.groq.com/openai/v1",
      "GROQ_API_KEY",
      "llama-3.3-70b-versatile"),
  MISTRAL(CHAT_COMPLETIONS, "https://api.mistral.ai/v1", "MISTRAL_API_KEY", "mistral-large-latest"),
  COHERE(
      CHAT_COMPLETIONS,
      "https://api.cohere.ai/compatibility/v1",
      "CO_API_KEY",
      "command-a-03-2025"),
  XAI(CHAT_COMPLETIONS, "https://api.x.ai/v1", "XAI_API_KEY", "grok-4"),
  DEEPSEEK(CHAT_COMPLETIONS, "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "deepseek-chat"),
  OPENROUTER(
      CHAT_COMPLETIONS, "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", "openai/gpt-5-mini"),
  OLLAMA(CHAT_COMPLETIONS, "http://localhost:11434/v1", "", "");

  /// As a role names them.
  public static final List<String> NAMES = Stream.of(values()).map(Provider::id).toList();

  private final Api api;
  private final String url;
  private final String keyVariable;
  private final String usualModel;

  Provider(Api api, String url, String keyVariable, String usualModel) {
    this.api = api;
    this.url = url;
    this.keyVariable = keyVariable;
    this.usualModel = usualModel;
  }

  public static Optional<Provider> named(String name) {
    return Stream.of(values()).filter(provider -> provider.id().equals(name)).findFirst();
  }

  /// All of them, for a message.
  public static String names() {
    return String.join(", ", NAMES);
  }

  /// The first provider whose key the environment holds.
  public static Optional<Provider> withKey(Map<String, String> environment) {
    return Stream.of(values())
        .filter(provider -> !environment.getOrDefault(provider.keyVariable, "").isBlank())
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
    return URI.create(url);
  }

  /// The variable that redirects this provider's requests, with their key.
  public String urlVariable() {
    return AddressRules.addressVariable(id());
  }

  /// The variable with its key; empty if the provider needs none.
  public Optional<String> keyVariable() {
    return Optional.of(keyVariable).filter(name -> !name.isEmpty());
  }

  /// The model that is used when only the provider is named.
  public String usualModel() {
    return usualModel;
  }
}
