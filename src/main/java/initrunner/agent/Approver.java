package initrunner.agent;

import initrunner.tool.ToolCall;
import java.util.Optional;

/// Decides about tool calls that need a person's approval. The run asks about one call at a time,
/// in the model's order, before it makes any call of that turn.
@FunctionalInterface
public interface Approver {

  sealed interface Decision {

    Decision YES = new Yes();
    Decision NO = new No(Optional.empty());

    /// No person can be asked: the run pauses and makes no call of this turn until it is resumed.
    Decision LATER = new Later();

    record Yes() implements Decision {}

    /// The call is not made.
    ///
    /// @param reason in the person's words, for the model
    record No(Optional<String> reason) implements Decision {}

    record Later() implements Decision {}
  }

  /// No person can be asked: each call that needs approval waits.
  Approver ABSENT = call -> Decision.LATER;

  /// Blocks until a person decides. The run's wall clock stands still meanwhile.
  ///
  /// @throws InterruptedException if the run ends first
  Decision ask(ToolCall call) throws InterruptedException;

  /// How a person is asked about this call, in a word for the audit log.
  default String means(ToolCall call) {
    return "program";
  }

  /// Whether a person has decided about this call before. That decision, which [#ask] returns,
  /// counts even if the role no longer asks for one.
  default boolean hasAnswered(ToolCall call) {
    return false;
  }
}
