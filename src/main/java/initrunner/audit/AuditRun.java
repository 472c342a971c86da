package initrunner.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is recorded of one run of an agent, at its end or pause. Immutable.
///
/// Known shapes of secrets are taken out of its texts when it is recorded; what else must not be in
/// them is the caller's to take out.
///
/// @param timestamp of its beginning
/// @param toolCalls how many were made
/// @param success whether the model answered
/// @param error why it did not, or what it waits for
/// @param trigger what started it
/// @param timeline what happened in it, a JSON array
/// @param toolNames of the calls made, each name once
public record AuditRun(
    String runId,
    String agentName,
    Instant timestamp,
    String userPrompt,
    String provider,
    String model,
    String output,
    Tokens tokens,
    int toolCalls,
    Duration duration,
    boolean success,
    Optional<String> error,
    Trigger trigger,
    String timeline,
    List<String> toolNames) {

  public AuditRun {
    toolNames = List.copyOf(toolNames);
  }

  /// Tokens that the model counted.
  public record Tokens(long in, long out) {}

  /// What started a run.
  ///
  /// @param type as `cli`, `resume`
  /// @param metadata a JSON object
  public record Trigger(String type, Optional<String> metadata) {}
}
