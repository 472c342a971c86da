package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import java.util.Optional;

/// The bounds of each call of a tool.
///
/// @param limits of each command
/// @param maxOutputBytes of a command's output that go back to the model
/// @param workingDirectory where commands start, a path of their host; empty means the host's
///   default
/// @param wholeDirectory its absolute path, if it is known: for rules about paths
public record CallBounds(
    Limits limits,
    int maxOutputBytes,
    Optional<String> workingDirectory,
    Optional<String> wholeDirectory) {

  public CallBounds(Limits limits, int maxOutputBytes, Optional<String> workingDirectory) {
    this(limits, maxOutputBytes, workingDirectory, workingDirectory);
  }

  /// The plan to run a command within these bounds.
  public Plan.Run run(Command command, OutcomeText answer) {
    return new Plan.Run(command, limits, maxOutputBytes, answer);
  }
}
