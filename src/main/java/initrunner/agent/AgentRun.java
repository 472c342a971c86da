package initrunner.agent;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What came of one prompt.
///
/// @param output the model's last text; where the run failed, as much as there was of it
/// @param failure empty where the model answered
/// @param toolNames of the tool calls made, in the order in which the model asked for them
/// @param duration wall clock
public record AgentRun(
    String output,
    Optional<Failure> failure,
    Usage usage,
    List<String> toolNames,
    Duration duration) {

  public AgentRun {
    toolNames = List.copyOf(toolNames);
  }

  /// Why there is no answer.
  ///
  /// @param message what happened
  /// @param remedy the one next step
  public record Failure(Kind kind, String message, String remedy) {

    /// Kinds of failure, as a record of runs groups them.
    public enum Kind {
      /// The run's wall clock.
      TIMEOUT,
      /// Interrupted from outside.
      CANCELLED,
      /// A guardrail that counts.
      USAGE_LIMIT,
      RATE_LIMIT,
      SERVER_ERROR,
      AUTH,
      CONNECTION,
      CONTENT_BLOCKED,
      UNKNOWN
    }
  }
}
