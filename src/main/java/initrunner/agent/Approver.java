package initrunner.agent;

import initrunner.tool.ToolCall;
import java.util.Optional;

/// Says whether a tool call that needs a person's yes may be made. Asked about one call at a time,
/// in the model's order, before any call of that turn is made.
@FunctionalInterface
public interface Approver {

  /// What a person said.
  sealed interface Answer {

    Answer YES = new Yes();
    Answer NO = new No(Optional.empty());

    /// No person can be asked: the run pauses, and nothing of this turn is made before it goes on.
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

  /// No person is there to ask: a call that needs a yes waits.
  Approver ABSENT = call -> Answer.LATER;

  /// Blocks until there is an answer. The run's wall clock stands still meanwhile.
  ///
  /// @throws InterruptedException if the run ends meanwhile
  Answer ask(ToolCall call) throws InterruptedException;

  /// Whether a person has answered about this call already. That answer counts even where the role
  /// wants none any more; [#ask] gives it.
  default boolean hasAnswered(ToolCall call) {
    return false;
  }
}
