package initrunner.agent;

import initrunner.tool.ToolCall;
import java.util.Optional;

/// Decides about tool calls that need a person's approval. The run asks about one call at a time,
/// in the model's order, before it makes any call of that turn.
@FunctionalInterface
public interface Approver {

  /// A person's decision.
  sealed interface Answer {

    Answer YES = new Yes();
    Answer NO = new No(Optional.empty());

    /// No person can be asked: the run pauses and makes no call of this turn until it is resumed.
    Answer LATER = new Later();

    /// See [#YES].
    record Yes() implements Answer {}

    /// See [#NO].
    ///
    /// @param reason in the person's words, for the model
    record No(Optional<String> reason) implements Answer {}

    /// See [#LATER].
    record Later() implements Answer {}
  }

  /// No person can be asked: each call that needs approval waits.
  Approver ABSENT = call -> Answer.LATER;

  /// Blocks until a person decides. The run's wall clock stands still meanwhile.
  ///
  /// @throws InterruptedException if the run ends first
  Answer ask(ToolCall call) throws InterruptedException;

  /// Whether a person has decided about this call before. That decision, which [#ask] returns,
  /// counts even if the role no longer asks for one.
  default boolean hasAnswered(ToolCall call) {
    return false;
  }
}
