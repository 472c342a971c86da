package initrunner.role;

import java.time.Duration;
import java.util.Optional;

/// How a run goes about its work (`spec.execution`).
///
/// @param toolTimeout longest one tool call, whatever the tool's own limit; empty for that alone
/// @param maxConcurrency most tool calls at the same time; empty for all that the model asks for
/// @param retries how often in a row the model may try a call again that cannot be made; empty for
///   as long as the run's limits let it
/// @param httpAttempts how often a model request is sent in all, where the failure may pass
/// @param longestHttpWait a server that wants a longer pause is not asked again
public record Execution(
    Optional<Duration> toolTimeout,
    Optional<Integer> maxConcurrency,
    Optional<Integer> retries,
    int httpAttempts,
    Duration longestHttpWait) {

  public static final Execution DEFAULT =
      new Execution(
          Optional.empty(), Optional.empty(), Optional.empty(), 3, Duration.ofSeconds(60));
}
