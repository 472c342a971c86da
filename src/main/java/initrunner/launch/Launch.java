package initrunner.launch;

import initrunner.exec.Command;
import java.util.Optional;

/// A command ready for a transport.
///
/// @param command what the transport runs
/// @param cleanup run once over the same transport if the command did not end by itself. Its status
///   is the proof: 0 where nothing of the command is left, 1 where it still runs
/// @param trailer what the command's error output ends with, where the launcher itself has
///   something to say of the end
/// @param opening what it begins with, where what starts the command may fail before it does
public record Launch(
    Command command,
    Optional<Command> cleanup,
    Optional<Trailer> trailer,
    Optional<Opening> opening) {

  /// One that says nothing of the command's beginning.
  public Launch(Command command, Optional<Command> cleanup, Optional<Trailer> trailer) {
    this(command, cleanup, trailer, Optional.empty());
  }

  /// A command that says by its own end how it ended, and leaves nothing behind.
  public static Launch plain(Command command) {
    return new Launch(command, Optional.empty(), Optional.empty());
  }

  /// The same, whose command says that it begins.
  public Launch beginningWith(Opening says) {
    return new Launch(command, cleanup, trailer, Optional.of(says));
  }
}
