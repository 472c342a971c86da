package initrunner.agent;

import initrunner.model.Usage;
import initrunner.tool.ToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The result of one prompt: an answer, a failure, or a pause.
///
/// @param output the model's last text; of a run that failed or paused, the text so far
/// @param failure empty if the model answered or the run paused
/// @param pause present if the run waits for a person
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

  public AgentRun(
      String output,
      Optional<Failure> failure,
      Usage usage,
      List<String> toolNames,
      Duration duration) {
    this(output, failure, Optional.empty(), usage, toolNames, duration);
  }

  public AgentRun failed(Failure why) {
    return new AgentRun(output, Optional.of(why), usage, toolNames, duration);
  }

  /// A run that stopped because no person could be asked.
  ///
  /// @param calls that need a person's approval; no call of their turn was made
  public record Pause(Transcript transcript, List<ToolCall> calls) {

    public Pause {
      calls = List.copyOf(calls);
    }
  }

  /// Why there is no answer.
  ///
  /// @param remedy the one next step
  /// @param limit what ended the run, if that is a limit of tokens or steps
  public record Failure(Kind kind, String message, String remedy, Optional<Limit> limit) {

    /// A failure that is none of these limits.
    public Failure(Kind kind, String message, String remedy) {
      this(kind, message, remedy, Optional.empty());
    }

    /// What a limit counts.
    public enum Limit {
      /// Of an answer, a request, a run or a session.
      TOKENS,
      /// Requests to the model, or tool calls.
      STEPS
    }

    /// Kinds of failure, as the audit log groups them.
    public enum Kind {
      /// The run's wall clock is up.
      TIMEOUT,
      /// Interrupted from outside.
      CANCELLED,
      /// A limit of `spec.guardrails` on tokens, cost or calls.
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
