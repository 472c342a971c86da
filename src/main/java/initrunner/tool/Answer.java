package initrunner.tool;

import initrunner.exec.Captured;
import initrunner.exec.Outcome;

/// Says to a model what came of a command that was started. Implementations are immutable and safe
/// for many threads.
@FunctionalInterface
public interface Answer {

  /// How the command ended and both of its outputs, whatever they are.
  Answer PLAIN = ResultText::of;

  /// The text for the model.
  ///
  /// @param run as it was planned
  /// @param place where it ran, for a person: a host's name, `this machine`
  String of(Plan.Run run, Outcome outcome, Captured output, String place);
}
