package initrunner.launch;

import initrunner.exec.Command;
import java.util.Optional;

/// A command ready for a transport.
///
/// @param cleanup run once over the same transport if the command did not end by itself
public record Launch(Command command, Optional<Command> cleanup) {}
