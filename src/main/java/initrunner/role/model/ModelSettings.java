package initrunner.role.model;

import initrunner.schema.type.Choice;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Parsed;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Variables;
import initrunner.schema.type.Whole;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A role's `spec.model`.
///
/// @param contextWindow the most tokens of a conversation and its answer together, more than
///   `maxTokens`; empty for conversations of any length
/// @param concurrency empty for any number of requests at once
public record ModelSettings(
    String provider,
    String name,
    Optional<URI> baseUrl,
    Optional<String> apiKeyEnv,
    double temperature,
    int maxTokens,
    Optional<Integer> contextWindow,
    Sampling sampling,
    ProviderFields providerFields,
    Additions additions,
    Patience patience,
    Optional<Concurrency> concurrency,
    Fallback fallback) {

  static final Field<String> PROVIDER =
      Field.of("provider", Text.any(), "", "Provider of the model.").withExample("openai");

  static final Field<String> NAME =
      Field.of("name", Text.any(), "", "Name of the model.").withExample("gpt-5-mini");

  static final Field<Optional<String>> BASE_URL =
      Field.optional(
          "base_url",
          Text.notBlank()
              .expanding()
              .with(
                  "holds a user or password",
                  "a URL without",
                  "put the key in an environment variable and name that in api_key_env",
                  url -> parse(url).filter(ModelUrl::hasUser).isEmpty())
              .with(
                  "is no http address",
                  "an http or https URL",
                  "write for example base_url: http://localhost:11434/v1",
                  url -> parse(url).filter(ModelUrl::isHttp).isPresent())
              .with(
                  "has a query or a fragment",
                  "a URL that ends with its path",
                  "leave out what begins with ? or #",
                  url -> parse(url).filter(ModelUrl::hasQuery).isEmpty()),
          "An OpenAI-compatible server in place of the provider's own: an http or https URL without"
              + " user, query and fragment.");

  static final Field<Optional<String>> API_KEY_ENV =
      Field.optional(
          "api_key_env",
          Text.any()
              .matching(
                  Variables.NAME,
                  "is not the name of a variable",
                  "letters, digits and _",
                  "never put a key itself into a role; name the variable that holds it, as "
                      + "OPENAI_API_KEY"),
          "Name of the environment variable that holds the key; never the key.");

  static final Field<Integer> MAX_TOKENS =
      Field.of("max_tokens", new Whole(1, 128_000, "tokens"), 4096, "Most tokens of one answer.");

  static final Field<Optional<Integer>> CONTEXT_WINDOW =
      Field.optional(
          "context_window",
          Whole.atLeast(1, "tokens"),
          "Most tokens of a conversation and its answer, above max_tokens; above it the oldest"
              + " parts"
              + " are left out.");

  static final Field<Optional<Thinking>> THINKING =
      Field.optional(
          "thinking",
          Choice.of(Thinking.values())
              .refusing(
                  Map.of(
                      "false", "is no value of thinking; write none",
                      "true", "is no value of thinking; write medium")),
          "How much a reasoning model of openai thinks; not every model knows every value.");

  static final Field<Boolean> PROMPT_CACHE =
      Field.of(
          "prompt_cache",
          new Flag(),
          false,
          "Whether anthropic keeps instructions and tools from one request to the next, which costs"
              + " less.");

  private static final Section<Concurrency> CONCURRENCY = Section.of(ModelSettings::concurrency);

  private static final Text NOT_EMPTY =
      Text.any().with("is empty", "text that is not empty", text -> !text.isEmpty());

  /// `provider:name`, or a name alone.
  public static final Parsed<ModelSettings> BRIEF =
      new Parsed<>(
          Text.notBlank()
              .with(
                  "has a provider that is not known",
                  "provider:name with one of " + Provider.names() + ", or a name without a colon",
                  "put the provider in front, as ollama:qwen3:8b",
                  ModelSettings::isProviderKnown),
          ModelSettings::named);

  public static final Section<ModelSettings> SECTION =
      Section.of(ModelSettings::of)
          .checking(FallbackRules::check)
          .checking(ProviderRules::checkProvider)
          .checking(ModelSettings::checkWindow)
          .checking(ProviderRules::check)
          .checking(AddressRules::check);

  /// Every field with its default.
  public static final ModelSettings DEFAULT = SECTION.defaults();

  /// The same model with another temperature.
  public ModelSettings withTemperature(double other) {
    return with(new ModelName(provider, name), other, this);
  }

  /// The same settings for another model.
  ModelSettings named(ModelName other) {
    return named(other, this);
  }

  /// The same settings for another model at the server of `there`.
  public ModelSettings named(ModelName other, ModelSettings there) {
    return with(other, temperature, there);
  }

  private ModelSettings with(ModelName model, double degree, ModelSettings there) {
    return new ModelSettings(
        model.provider(),
        model.name(),
        there.baseUrl,
        there.apiKeyEnv,
        degree,
        maxTokens,
        contextWindow,
        sampling,
        providerFields,
        there.additions,
        patience,
        concurrency,
        fallback);
  }

  /// How the model chooses its words and tools. Empty fields are not sent: the provider's defaults
  /// hold.
  public record Sampling(
      Optional<Double> topP,
      Optional<Integer> topK,
      Optional<Integer> seed,
      List<String> stopSequences,
      Optional<Double> presencePenalty,
      Optional<Double> frequencyPenalty,
      Optional<Boolean> parallelToolCalls,
      Optional<ToolChoice> toolChoice) {

    public Sampling {
      stopSequences = List.copyOf(stopSequences);
    }
  }

  /// The values of `tool_choice`.
  public enum ToolChoice {
    /// The model decides.
    AUTO,
    /// It may call none.
    NONE
  }

  /// Fields for the models of one provider; other models do not get them.
  public record ProviderFields(Optional<Thinking> thinking, boolean promptCache) {}

  /// How long a server may be silent.
  ///
  /// @param firstByte from a request to the first byte of its answer
  /// @param betweenBytes from one byte to the next
  public record Patience(Duration firstByte, Duration betweenBytes) {}

  /// The values of `thinking`.
  public enum Thinking {
    NONE,
    MINIMAL,
    LOW,
    MEDIUM,
    HIGH,
    XHIGH
  }

  /// `concurrency`: the model requests that may run at once.
  ///
  /// @param maxQueued requests that may wait for that; empty for any number
  /// @param share roles with the same word share the bound
  public record Concurrency(int maxRunning, Optional<Integer> maxQueued, Optional<String> share) {}

  /// `fallback` and `fallback_on`: the models to ask when this one fails.
  ///
  /// @param models in the order in which they are tried
  /// @param causes the failures after which the next one is tried; empty exactly if there are no
  ///   models
  public record Fallback(List<ModelName> models, Set<Cause> causes) {

    public static final Fallback NONE = new Fallback(List.of(), Set.of());

    public Fallback {
      models = List.copyOf(models);
      causes = Set.copyOf(causes);
    }

    /// The values of `fallback_on`.
    public enum Cause {
      /// `ModelAPIError`: no answer, or one with an error status. The default.
      MODEL_API_ERROR,
      /// `ModelHTTPError`: an answer with an error status.
      MODEL_HTTP_ERROR,
      /// `UnexpectedModelBehavior`: an answer that cannot be used.
      UNEXPECTED_MODEL_BEHAVIOR,
      /// `ContentFilterError`: the provider's filter withheld the answer.
      CONTENT_FILTER_ERROR
    }
  }

  private static ModelSettings of(Fields f) {
    return new ModelSettings(
        f.get(PROVIDER),
        f.get(NAME),
        f.get(BASE_URL).map(ModelUrl::of),
        f.get(API_KEY_ENV),
        f.get("temperature", Decimal.between(0, 2), 0.1, "Sampling temperature."),
        f.get(MAX_TOKENS),
        f.get(CONTEXT_WINDOW),
        sampling(f),
        new ProviderFields(f.get(THINKING), f.get(PROMPT_CACHE)),
        Additions.of(f),
        new Patience(
            seconds(
                f,
                "first_byte_timeout_seconds",
                120,
                "Longest wait for the first byte of an answer."),
            seconds(f, "idle_timeout_seconds", 60, "Longest wait for the next byte of an answer.")),
        f.optional("concurrency", CONCURRENCY, "How many requests may run at once."),
        FallbackRules.of(f));
  }

  private static Sampling sampling(Fields f) {
    return new Sampling(
        f.optional("top_p", new Decimal(0, false, 1), "Nucleus sampling."),
        f.optional("top_k", Whole.atLeast(1, ""), "Sampling among the most likely tokens."),
        f.optional(
            "seed",
            new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE, ""),
            "Seed of the random numbers; servers that support it repeat an answer."),
        f.get("stop_sequences", new ListOf<>(NOT_EMPTY), List.of(), "Texts that end an answer."),
        f.optional(
            "presence_penalty", Decimal.between(-2, 2), "Penalty for words that occur already."),
        f.optional(
            "frequency_penalty",
            Decimal.between(-2, 2),
            "Penalty for words by how often they occur."),
        f.optional(
            "parallel_tool_calls", new Flag(), "Whether one turn may ask for several tools."),
        f.optional(
            "tool_choice", Choice.of(ToolChoice.values()), "Whether the model may call tools."));
  }

  private static Duration seconds(Fields f, String key, int fallback, String description) {
    return Duration.ofSeconds(f.get(key, new Whole(1, 86_400, "seconds"), fallback, description));
  }

  private static Optional<URI> parse(String url) {
    try {
      return Optional.of(new URI(url));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isProviderKnown(String text) {
    return ModelName.parse(text)
        .map(model -> Provider.NAMES.contains(model.provider()))
        .orElse(!text.contains(":"));
  }

  private static ModelSettings named(String text) {
    return DEFAULT.named(ModelName.parse(text).orElse(new ModelName("", text)));
  }

  private static void checkWindow(Values model, Decoding decoding) {
    Optional<Integer> window = model.find(CONTEXT_WINDOW).flatMap(tokens -> tokens);
    Optional<Integer> answer = model.find(MAX_TOKENS);
    if (window.isPresent() && answer.isPresent() && window.get() <= answer.get()) {
      decoding.refuse(
          model.written(CONTEXT_WINDOW).orElseThrow(),
          "leaves no room for a conversation beside an answer of max_tokens",
          "a whole number of tokens above max_tokens, which is " + answer.get(),
          "write the model's whole window, or lower max_tokens");
    }
  }

  private static Concurrency concurrency(Fields f) {
    return new Concurrency(
        f.required("max_running", Whole.atLeast(1, "requests"), 4, "Most requests at once."),
        f.optional("max_queued", Whole.atLeast(0, "requests"), "Most requests that may wait."),
        f.optional("share", Text.notBlank(), "Roles with the same word share the bound."));
  }
}
