package initrunner.role;

import initrunner.role.ModelSettings.Concurrency;
import initrunner.role.ModelSettings.Fallback.Cause;
import initrunner.role.ModelSettings.Patience;
import initrunner.role.ModelSettings.ProviderFields;
import initrunner.role.ModelSettings.Sampling;
import initrunner.role.ModelSettings.Thinking;
import initrunner.role.ModelSettings.ToolChoice;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.JsonMapping;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.MapOf;
import initrunner.schema.type.Parsed;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Nearest;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The declaration of `spec.model`.
final class ModelFields {

  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");

  /// What Chat Completions are sent by other fields than `extra_body`.
  private static final List<String> SENT =
      List.of(
          "model",
          "messages",
          "tools",
          "stream",
          "stream_options",
          "temperature",
          "max_tokens",
          "max_completion_tokens",
          "top_p",
          "stop",
          "seed",
          "presence_penalty",
          "frequency_penalty",
          "logit_bias",
          "parallel_tool_calls",
          "tool_choice",
          "reasoning_effort");

  private static final Pattern TOKEN = Pattern.compile("[0-9]+");

  private static final Text NOT_EMPTY =
      Text.any().with("is empty", "text that is not empty", text -> !text.isEmpty());

  static final Field<String> PROVIDER =
      Field.optional("provider", Text.any(), "", "Whose model it is.").withExample("openai");

  static final Field<String> NAME =
      Field.optional("name", Text.any(), "", "Name of the model.").withExample("gpt-5-mini");

  static final Field<Optional<String>> BASE_URL =
      Field.nullable(
          "base_url",
          Text.notBlank()
              .expanding()
              .with(
                  new Rule<>(
                      "holds a user or password",
                      "a URL without",
                      "put the key in an environment variable and name that in api_key_env",
                      url -> parse(url).filter(ModelUrl::hasUser).isEmpty()))
              .with(
                  new Rule<>(
                      "is no http address",
                      "an http or https URL",
                      "write for example base_url: http://localhost:11434/v1",
                      url -> parse(url).filter(ModelUrl::isHttp).isPresent()))
              .with(
                  new Rule<>(
                      "has a query or a fragment",
                      "a URL that ends with its path",
                      "leave out what begins with ? or #",
                      url -> parse(url).filter(ModelUrl::hasQuery).isEmpty())),
          "An OpenAI-compatible server in place of the provider's own.");

  static final Field<Optional<String>> API_KEY_ENV =
      Field.nullable(
          "api_key_env",
          Text.any()
              .with(
                  Rule.matching(
                      SandboxFields.VARIABLE,
                      "is not the name of a variable",
                      "letters, digits and _",
                      "never put a key itself into a role; name the variable that holds it, as "
                          + "OPENAI_API_KEY")),
          "Name of the environment variable that holds the key.");

  static final Field<Double> TEMPERATURE =
      Field.optional("temperature", Decimal.between(0, 2), 0.1, "Sampling temperature.");

  static final Field<Integer> MAX_TOKENS =
      Field.optional(
          "max_tokens", new Whole(1, 128_000, "tokens"), 4096, "Most tokens of one answer.");

  static final Field<Optional<Integer>> CONTEXT_WINDOW =
      Field.nullable(
          "context_window",
          Whole.atLeast(1, "tokens"),
          "Most tokens of a conversation and its answer; the oldest parts are left out above it.");

  static final Field<Optional<Double>> TOP_P =
      Field.nullable("top_p", new Decimal(0, false, 1), "Nucleus sampling.");

  static final Field<Optional<Integer>> TOP_K =
      Field.nullable("top_k", Whole.atLeast(1, ""), "Sampling among the most likely tokens.");

  static final Field<Optional<Integer>> SEED =
      Field.nullable(
          "seed",
          new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE, ""),
          "Start of the random numbers, so that an answer can be had again.");

  static final Field<List<String>> STOP_SEQUENCES =
      Field.optional(
          "stop_sequences", new ListOf<>(NOT_EMPTY), List.of(), "Texts that end an answer.");

  static final Field<Optional<Double>> PRESENCE_PENALTY =
      Field.nullable("presence_penalty", Decimal.between(-2, 2), "Against words that are there.");

  static final Field<Optional<Double>> FREQUENCY_PENALTY =
      Field.nullable(
          "frequency_penalty", Decimal.between(-2, 2), "Against words that are frequent.");

  static final Field<Optional<Boolean>> PARALLEL_TOOL_CALLS =
      Field.nullable(
          "parallel_tool_calls", new Flag(), "Whether one turn may ask for several tools.");

  static final Field<Optional<ToolChoice>> TOOL_CHOICE =
      Field.nullable(
          "tool_choice", Choice.of(ToolChoice.values()), "Whether the model may call tools.");

  static final Field<Optional<Thinking>> THINKING =
      Field.nullable(
          "thinking",
          Choice.of(Thinking.values())
              .refusing(
                  Map.of(
                      "false",
                      "is a word here; write none",
                      "true",
                      "is a word here; write medium")),
          "How much a reasoning model of OpenAI thinks.");

  static final Field<Boolean> PROMPT_CACHE =
      Field.optional(
          "prompt_cache",
          new Flag(),
          false,
          "Whether Anthropic keeps instructions and tools from one request to the next.");

  static final Field<Map<String, String>> EXTRA_HEADERS =
      Field.optional(
          "extra_headers",
          new MapOf<>(
                  Rule.matching(
                      HEADER,
                      "is not the name of a header field",
                      "letters, digits and -",
                      "write for example X-Team: build"),
                  Text.any()
                      .expanding()
                      .with(
                          "holds a line break",
                          "text on one line",
                          value -> value.chars().noneMatch(Character::isISOControl)))
              .hidden(),
          Map.of(),
          "Header fields of every request, by name.");

  static final Field<Map<String, Object>> EXTRA_BODY =
      Field.optional(
          "extra_body",
          new JsonMapping(SENT),
          Map.of(),
          "Fields of every request's body, by name.");

  static final Field<Map<String, Integer>> LOGIT_BIAS =
      Field.optional(
          "logit_bias",
          new MapOf<>(
              Rule.matching(
                  TOKEN,
                  "is not the number of a token",
                  "digits",
                  "write for example '50256': -100"),
              new Whole(-100, 100, "")),
          Map.of(),
          "How much likelier tokens are, by their numbers.");

  static final Field<Integer> FIRST_BYTE_TIMEOUT_SECONDS =
      Field.optional(
          "first_byte_timeout_seconds",
          new Whole(1, 86_400, "seconds"),
          120,
          "Longest wait for the first byte of an answer.");

  static final Field<Integer> IDLE_TIMEOUT_SECONDS =
      Field.optional(
          "idle_timeout_seconds",
          new Whole(1, 86_400, "seconds"),
          60,
          "Longest wait for the next byte of an answer.");

  static final Field<Integer> MAX_RUNNING =
      Field.required("max_running", Whole.atLeast(1, "requests"), "Most requests at once.", "4");

  static final Field<Optional<Integer>> MAX_QUEUED =
      Field.nullable("max_queued", Whole.atLeast(0, "requests"), "Most requests that may wait.");

  static final Field<Optional<String>> SHARE =
      Field.nullable("share", Text.notBlank(), "Roles with the same word share the bound.");

  static final Field<Optional<Concurrency>> CONCURRENCY =
      Field.nullable(
          "concurrency",
          new Section<>(
              List.of(MAX_RUNNING, MAX_QUEUED, SHARE),
              Map.of(),
              v -> new Concurrency(v.get(MAX_RUNNING), v.get(MAX_QUEUED), v.get(SHARE))),
          "How many requests may be under way at once.");

  static final Field<List<ModelName>> FALLBACK =
      Field.optional(
          "fallback",
          new ListOf<>(FallbackRules.MODEL),
          List.of(),
          "Models, as provider:name, that are asked in turn when this one fails.");

  static final Field<List<Cause>> FALLBACK_ON =
      Field.optional(
          "fallback_on",
          new ListOf<>(FallbackRules.CAUSE),
          List.of(),
          "After which failures the next model is asked; ModelAPIError where unset.");

  /// `provider:name`, or a name alone.
  static final Parsed<ModelSettings> BRIEF =
      new Parsed<>(
          Text.notBlank()
              .with(
                  new Rule<>(
                      "has a provider that is not known",
                      "provider:name with one of "
                          + String.join(", ", ModelName.PROVIDERS)
                          + ", or a name without a colon",
                      "put the provider in front, as ollama:qwen3:8b",
                      ModelFields::isProviderKnown)),
          ModelFields::named);

  static final Section<ModelSettings> SECTION =
      new Section<>(
          List.of(
              PROVIDER,
              NAME,
              BASE_URL,
              API_KEY_ENV,
              TEMPERATURE,
              MAX_TOKENS,
              CONTEXT_WINDOW,
              TOP_P,
              TOP_K,
              SEED,
              STOP_SEQUENCES,
              PRESENCE_PENALTY,
              FREQUENCY_PENALTY,
              PARALLEL_TOOL_CALLS,
              TOOL_CHOICE,
              THINKING,
              PROMPT_CACHE,
              EXTRA_HEADERS,
              EXTRA_BODY,
              LOGIT_BIAS,
              FIRST_BYTE_TIMEOUT_SECONDS,
              IDLE_TIMEOUT_SECONDS,
              CONCURRENCY,
              FALLBACK,
              FALLBACK_ON),
          Map.of(),
          List.of(
              FallbackRules::check,
              ModelFields::checkProvider,
              ModelFields::checkWindow,
              ProviderRules::check,
              AddressRules::check),
          ModelFields::build);

  private ModelFields() {}

  private static Optional<URI> parse(String url) {
    try {
      return Optional.of(new URI(url));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isProviderKnown(String text) {
    return ModelName.parse(text)
        .map(model -> ModelName.PROVIDERS.contains(model.provider()))
        .orElse(!text.contains(":"));
  }

  private static ModelSettings named(String text) {
    ModelName model = ModelName.parse(text).orElse(new ModelName("", text));
    return new ModelSettings(
        model.provider(),
        model.name(),
        Optional.empty(),
        Optional.empty(),
        TEMPERATURE.fallback().orElseThrow(),
        MAX_TOKENS.fallback().orElseThrow());
  }

  private static void checkProvider(Values model, Decoding decoding) {
    Optional<String> provider = model.find(PROVIDER).filter(name -> !name.isBlank());
    boolean isServerKnown =
        provider.map(ModelName.PROVIDERS::contains).orElse(true)
            || model.find(BASE_URL).map(Optional::isPresent).orElse(true);
    if (!isServerKnown) {
      YamlValue spot = model.written(PROVIDER).orElseThrow();
      String near = Nearest.question(spot.raw(), ModelName.PROVIDERS);
      decoding.refuse(
          spot,
          "is not known",
          String.join(", ", ModelName.PROVIDERS) + ", or any word with a base_url",
          near.isBlank() ? "set base_url to the address of its OpenAI-compatible server" : near);
    }
  }

  private static void checkWindow(Values model, Decoding decoding) {
    Optional<Integer> window = model.find(CONTEXT_WINDOW).flatMap(tokens -> tokens);
    Optional<Integer> answer = model.find(MAX_TOKENS);
    if (window.isPresent() && answer.isPresent() && window.get() <= answer.get()) {
      decoding.refuse(
          model.written(CONTEXT_WINDOW).orElseThrow(),
          "leaves no room for a conversation beside an answer of max_tokens",
          "a whole number of tokens above max_tokens, which is " + answer.get(),
          "write what the model takes in all, or lower max_tokens");
    }
  }

  private static ModelSettings build(Values values) {
    return new ModelSettings(
        values.get(PROVIDER),
        values.get(NAME),
        values.get(BASE_URL).map(OpenUrl::of),
        values.get(API_KEY_ENV),
        values.get(TEMPERATURE),
        values.get(MAX_TOKENS),
        values.get(CONTEXT_WINDOW),
        new Sampling(
            values.get(TOP_P),
            values.get(TOP_K),
            values.get(SEED),
            values.get(STOP_SEQUENCES),
            values.get(PRESENCE_PENALTY),
            values.get(FREQUENCY_PENALTY),
            values.get(PARALLEL_TOOL_CALLS),
            values.get(TOOL_CHOICE)),
        new Additions(
            values.get(EXTRA_HEADERS),
            values.get(EXTRA_BODY),
            values.get(LOGIT_BIAS),
            AddressRules.variablesAdded(values)),
        values.get(CONCURRENCY),
        FallbackRules.build(values),
        new ProviderFields(values.get(THINKING), values.get(PROMPT_CACHE)),
        new Patience(
            Duration.ofSeconds(values.get(FIRST_BYTE_TIMEOUT_SECONDS)),
            Duration.ofSeconds(values.get(IDLE_TIMEOUT_SECONDS))));
  }
}
