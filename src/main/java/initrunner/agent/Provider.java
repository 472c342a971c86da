package initrunner.agent;

import initrunner.role.AddressRules;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The providers that a role can name without saying where they are. Where no model is named, the
/// first one whose key is set is used, in this order.
enum Provider {
  ANTHROPIC(Api.MESSAGES, "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", "claude-sonnet-4-5"),
  OPENAI(Api.CHAT_COMPLETIONS, "https://api.openai.com/v1", "OPENAI_API_KEY", "gpt-5-mini"),
  GOOGLE(
      Api.GENERATE_CONTENT,
      "https://generativelanguage.googleapis.com/v1beta",
      "GOOGLE_API_KEY",
      "gemini-2.5-flash"),
  GROQ(
      Api.CHAT_COMPLETIONS,
      "https://api.groq.com/openai/v1",
      "GROQ_API_KEY",
      "llama-3.3-70b-versatile"),
  MISTRAL(
      Api.CHAT_COMPLETIONS, "https://api.mistral.ai/v1", "MISTRAL_API_KEY", "mistral-large-latest"),
  COHERE(
      Api.CHAT_COMPLETIONS,
      "https://api.cohere.ai/compatibility/v1",
      "CO_API_KEY",
      "command-a-03-2025"),
  XAI(Api.CHAT_COMPLETIONS, "https://api.x.ai/v1", "XAI_API_KEY", "grok-4"),
  DEEPSEEK(
      Api.CHAT_COMPLETIONS, "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "deepseek-chat"),
  OPENROUTER(
      Api.CHAT_COMPLETIONS,
      "https://openrouter.ai/api/v1",
      "OPENROUTER_API_KEY",
      "openai/gpt-5-mini"),
  OLLAMA(Api.CHAT_COMPLETIONS, "http://localhost:11434/v1", "", "");

  private final Api api;
  private final URI url;
  private final String keyVariable;
  private final String usualModel;

  Provider(Api api, String url, String keyVariable, String usualModel) {
    this.api = api;
    this.url = URI.create(url);
    this.keyVariable = keyVariable;
    this.usualModel = usualModel;
  }

  static Optional<Provider> named(String name) {
    return Stream.of(values()).filter(provider -> provider.id().equals(name)).findFirst();
  }

  /// All of them, for a message.
  static String names() {
    return Stream.of(values()).map(Provider::id).collect(Collectors.joining(", "));
  }

  /// The first whose key the environment holds.
  static Optional<Provider> withKey(Map<String, String> environment) {
    return Stream.of(values())
        .filter(provider -> provider.keyVariable().isPresent())
        .filter(provider -> !environment.getOrDefault(provider.keyVariable, "").isBlank())
        .findFirst();
  }

  /// As a role names it.
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  Api api() {
    return api;
  }

  URI url() {
    return url;
  }

  /// The variable that sends this provider, key included, to another address.
  String urlVariable() {
    return AddressRules.addressVariable(id());
  }

  /// Empty where none is wanted.
  Optional<String> keyVariable() {
    return Optional.of(keyVariable).filter(variable -> !variable.isEmpty());
  }

  /// What is used of it where nobody names a model.
  String usualModel() {
    return usualModel;
  }
}
