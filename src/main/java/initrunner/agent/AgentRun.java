package initrunner.agent;

import initrunner.model.Usage;
import initrunner.tool.ToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What came of one prompt: an answer, a failure, or a pause.
///
/// @param output the model's last text; where the run failed or paused, as much as there was of it
/// @param failure empty where the model answered, and where the run paused
/// @param pause where the run waits for a person
/// @param toolNames of the tool calls made, in the order in which the model asked for them
/// @param duration wall clock, without waiting for people
public record AgentRun(
    String output,
    Optional<Failure> failure,
    Optional<Pause> pause,
    Usage usage,
    List<String> toolNames,
    Duration duration) {

  public AgentRun {
    toolNames = List.copyOf(toolNames);
  }

  /// One that did not pause.
  public AgentRun(
      String output,
      Optional<Failure> failure,
      Usage usage,
      List<String> toolNames,
      Duration duration) {
    this(output, failure, Optional.empty(), usage, toolNames, duration);
  }

  /// The same, which came to nothing.
  public AgentRun failed(Failure why) {
    return new AgentRun(output, Optional.of(why), usage, toolNames, duration);
  }

  /// Where a run stopped because nobody was there to ask.
  ///
  /// @param calls that need a person's yes; nothing of their turn was made
  public record Pause(Transcript transcript, List<ToolCall> calls) {

    public Pause {
      calls = List.copyOf(calls);
    }
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
