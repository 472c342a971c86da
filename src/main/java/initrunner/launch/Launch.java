package initrunner.launch;

import initrunner.exec.Command;
import java.util.Optional;

/// A command as a launcher starts it, ready for a transport.
///
/// @param command what the transport runs
/// @param cleanup what the transport runs once more if the command did not end by itself; its exit
///   status is the proof: 0 if nothing of the command is left, 1 if it still runs
/// @param trailer the end of the error output, if the launcher itself reports how the command ended
/// @param opening the beginning of the error output, if the launcher's program may fail before it
///   starts the command
public record Launch(
    Command command,
    Optional<Command> cleanup,
    Optional<Trailer> trailer,
    Optional<Opening> opening) {

  /// A launch without an opening.
  public Launch(Command command, Optional<Command> cleanup, Optional<Trailer> trailer) {
    this(command, cleanup, trailer, Optional.empty());
  }

  /// A command that is its own report and leaves nothing behind.
  public static Launch plain(Command command) {
    return new Launch(command, Optional.empty(), Optional.empty());
  }

  public Launch beginningWith(Opening line) {
    return new Launch(command, cleanup, trailer, Optional.of(line));
  }
}
