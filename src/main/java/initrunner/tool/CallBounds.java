package initrunner.tool;

import initrunner.exec.Limits;
import java.util.Optional;

/// What holds for each call of a tool.
///
/// @param limits of each command
/// @param maxOutputBytes of a command's output that go back to the model
/// @param workingDirectory where commands start, on the machine where they run; empty leaves that
///   to the place
/// @param wholeDirectory the same from the root, where it is known: for rules about paths
public record CallBounds(
    Limits limits,
    int maxOutputBytes,
    Optional<String> workingDirectory,
    Optional<String> wholeDirectory) {

  public CallBounds(Limits limits, int maxOutputBytes, Optional<String> workingDirectory) {
    this(limits, maxOutputBytes, workingDirectory, workingDirectory);
  }
}
