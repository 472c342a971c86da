package initrunner.tool;

import initrunner.exec.Limits;
import java.util.Optional;

/// What holds for each call of a tool.
///
/// @param limits of each command
/// @param maxOutputBytes of a command's output that go back to the model
/// @param workingDirectory where commands start, on the machine where they run; empty leaves that
///   to the place
public record CallBounds(Limits limits, int maxOutputBytes, Optional<String> workingDirectory) {}
