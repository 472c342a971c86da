package initrunner.role;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A role's `spec.model`.
///
/// @param baseUrl an OpenAI-compatible server instead of the provider's own
/// @param apiKeyEnv the name of the variable that holds the key, never the key
/// @param maxTokens the most tokens of one answer
/// @param contextWindow the most tokens of a conversation and its answer together, more than
///   `maxTokens`; empty where nothing is left out of a conversation
/// @param concurrency empty where any number of requests may be under way
public record ModelSettings(
    String provider,
    String name,
    Optional<URI> baseUrl,
    Optional<String> apiKeyEnv,
    double temperature,
    int maxTokens,
    Optional<Integer> contextWindow,
    Sampling sampling,
    Additions additions,
    Optional<Concurrency> concurrency,
    Fallback fallback,
    ProviderFields providerFields,
    Patience patience) {

  /// One without the settings that few roles have.
  public ModelSettings(
      String provider,
      String name,
      Optional<URI> baseUrl,
      Optional<String> apiKeyEnv,
      double temperature,
      int maxTokens) {
    this(
        provider,
        name,
        baseUrl,
        apiKeyEnv,
        temperature,
        maxTokens,
        Optional.empty(),
        Sampling.DEFAULT,
        Additions.NONE,
        Optional.empty(),
        Fallback.NONE,
        ProviderFields.DEFAULT,
        Patience.DEFAULT);
  }

  /// The same model with another temperature.
  public ModelSettings withTemperature(double other) {
    return new ModelSettings(
        provider,
        name,
        baseUrl,
        apiKeyEnv,
        other,
        maxTokens,
        contextWindow,
        sampling,
        additions,
        concurrency,
        fallback,
        providerFields,
        patience);
  }

  /// The same settings for another model.
  ModelSettings named(ModelName other) {
    return new ModelSettings(
        other.provider(),
        other.name(),
        baseUrl,
        apiKeyEnv,
        temperature,
        maxTokens,
        contextWindow,
        sampling,
        additions,
        concurrency,
        fallback,
        providerFields,
        patience);
  }

  /// How the model chooses its words and tools. What is empty is not sent: the provider's default.
  ///
  /// @param topP above 0, at most 1
  /// @param presencePenalty from -2 to 2
  /// @param frequencyPenalty from -2 to 2
  /// @param parallelToolCalls whether it may ask for several tools in one turn
  public record Sampling(
      Optional<Double> topP,
      Optional<Integer> topK,
      Optional<Integer> seed,
      List<String> stopSequences,
      Optional<Double> presencePenalty,
      Optional<Double> frequencyPenalty,
      Optional<Boolean> parallelToolCalls,
      Optional<ToolChoice> toolChoice) {

    public static final Sampling DEFAULT =
        new Sampling(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

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

  /// What only models of some provider have; others get nothing of it.
  ///
  /// @param thinking how much a reasoning model of OpenAI thinks; empty for its own default
  /// @param promptCache whether Anthropic is to keep the instructions and tools from one request to
  ///   the next, which costs less
  public record ProviderFields(Optional<Thinking> thinking, boolean promptCache) {

    public static final ProviderFields DEFAULT = new ProviderFields(Optional.empty(), false);
  }

  /// How long a server may say nothing.
  ///
  /// @param firstByte from a request to the first byte of its answer
  /// @param betweenBytes from one byte to the next
  public record Patience(Duration firstByte, Duration betweenBytes) {

    public static final Patience DEFAULT =
        new Patience(Duration.ofSeconds(120), Duration.ofSeconds(60));
  }

  /// The values of `thinking`.
  public enum Thinking {
    NONE,
    MINIMAL,
    LOW,
    MEDIUM,
    HIGH,
    XHIGH
  }

  /// `concurrency`: the model requests that may be under way at once.
  ///
  /// @param maxQueued requests that may wait for that; empty for any number
  /// @param share roles with the same word share the bound
  public record Concurrency(int maxRunning, Optional<Integer> maxQueued, Optional<String> share) {}

  /// `fallback` and `fallback_on`: what is asked when the model fails.
  ///
  /// @param models in the order in which they are tried
  /// @param causes the failures after which the next one is tried; empty exactly where there are no
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
}
