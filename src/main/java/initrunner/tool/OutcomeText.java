package initrunner.tool;

import initrunner.exec.Captured;
import initrunner.exec.Outcome;

/// Turns the outcome of a command into the text for the model. Implementations are immutable and
/// safe for many threads.
@FunctionalInterface
public interface OutcomeText {

  /// The command's end and both of its outputs, for every outcome.
  OutcomeText PLAIN = ResultText::of;

  /// The text for the model.
  ///
  /// @param run as the tool planned it
  /// @param host the host's name for a person, or `this machine`
  String of(Plan.Run run, Outcome outcome, Captured output, String host);

  /// How the call ended, for those who watch the run.
  default ToolResult.Status status(Outcome outcome, Captured output) {
    return ResultText.status(outcome.ended());
  }
}
