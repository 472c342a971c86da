package initrunner.role;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The declarations of `spec.model` and `spec.guardrails`.
final class RunFields {

  static final Field<String> PROVIDER =
      Field.optional("provider", Text.any(), "", "Whose model it is.").withExample("openai");

  static final Field<String> NAME =
      Field.optional("name", Text.any(), "", "Name of the model.").withExample("gpt-5-mini");

  static final Field<Optional<String>> BASE_URL =
      Field.nullable(
          "base_url",
          Text.notBlank()
              .with(
                  new Rule<>(
                      "holds a user or password",
                      "a URL without",
                      "put the key in an environment variable and name that in api_key_env",
                      url -> parse(url).filter(u -> u.getRawUserInfo() != null).isEmpty()))
              .with(
                  new Rule<>(
                      "is no http address",
                      "an http or https URL",
                      "write for example base_url: http://localhost:11434/v1",
                      RunFields::isHttp)),
          "An OpenAI-compatible server in place of the provider's own.");

  static final Field<Optional<String>> API_KEY_ENV =
      Field.nullable(
          "api_key_env",
          Text.any()
              .with(
                  new Rule<>(
                      "is not the name of a variable",
                      "letters, digits and _",
                      "never put a key itself into a role; name the variable that holds it, as "
                          + "OPENAI_API_KEY",
                      name -> SandboxFields.VARIABLE.matcher(name).matches())),
          "Name of the environment variable that holds the key.");

  static final Field<Double> TEMPERATURE =
      Field.optional("temperature", Decimal.between(0, 2), 0.1, "Sampling temperature.");

  static final Field<Integer> MAX_TOKENS =
      Field.optional(
          "max_tokens", new Whole(1, 128_000, "tokens"), 4096, "Most tokens of one answer.");

  static final Section<ModelSettings> MODEL =
      new Section<>(
          List.of(PROVIDER, NAME, BASE_URL, API_KEY_ENV, TEMPERATURE, MAX_TOKENS),
          Unavailable.model(),
          v ->
              new ModelSettings(
                  v.get(PROVIDER),
                  v.get(NAME),
                  v.get(BASE_URL).map(URI::create),
                  v.get(API_KEY_ENV),
                  v.get(TEMPERATURE),
                  v.get(MAX_TOKENS)));

  static final Field<Integer> TIMEOUT_SECONDS =
      Field.optional("timeout_seconds", Whole.atLeast(1, "seconds"), 300, "Wall clock of one run.");

  static final Field<Integer> MAX_TOOL_CALLS =
      Field.optional(
          "max_tool_calls", Whole.atLeast(0, "calls"), 20, "Most tool calls of one run.");

  static final Section<Guardrails> GUARDRAILS =
      new Section<>(
          List.of(TIMEOUT_SECONDS, MAX_TOOL_CALLS),
          Unavailable.guardrails(),
          v -> new Guardrails(Duration.ofSeconds(v.get(TIMEOUT_SECONDS)), v.get(MAX_TOOL_CALLS)));

  private RunFields() {}

  private static boolean isHttp(String url) {
    return parse(url)
        .filter(u -> u.getScheme() != null && u.getHost() != null)
        .filter(u -> List.of("http", "https").contains(u.getScheme().toLowerCase(Locale.ROOT)))
        .isPresent();
  }

  private static Optional<URI> parse(String url) {
    try {
      return Optional.of(new URI(url));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
