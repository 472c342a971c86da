package initrunner.ssh.mux;

import initrunner.exec.Ended;
import initrunner.exec.OutputEnd;
import java.util.Optional;

/// What runs on a channel, and what the server may still send of it. For one channel; used by the
/// thread that drives it.
final class ChannelState {

  /// What runs. The first end counts: nothing follows [#REFUSED] and [#ENDED].
  enum Program {
    /// Nothing yet.
    NONE,
    /// A login shell that waits for the command; from [#NONE] alone.
    SHELL,
    /// The command; from [#NONE] or [#SHELL].
    COMMAND,
    /// Nothing, and nothing ran: the server has refused to start what it was asked to.
    REFUSED,
    /// Nothing any more: the server has said how it ended.
    ENDED;

    private boolean mayBecome(Program next) {
      return switch (next) {
        case NONE -> false;
        case SHELL -> this == NONE;
        case COMMAND -> this == NONE || this == SHELL;
        case REFUSED, ENDED -> this != REFUSED && this != ENDED;
      };
    }
  }

  /// What the server may still send. Only later ones follow.
  private enum Incoming {
    OUTPUT,
    /// No output: CHANNEL_EOF has come.
    EOF,
    /// Nothing: CHANNEL_CLOSE has come.
    CLOSED
  }

  private Program program = Program.NONE;
  private Incoming incoming = Incoming.OUTPUT;
  private Optional<Ended> ended = Optional.empty();

  /// The server is asked to start something.
  void begin(Program next) {
    if (!program.mayBecome(next)) {
      throw new IllegalStateException(next + " after " + program);
    }
    program = next;
  }

  /// The server does not start it.
  void refused() {
    if (program.mayBecome(Program.REFUSED)) {
      program = Program.REFUSED;
    }
  }

  /// The server has said how it ended.
  void ended(Ended how) {
    if (program.mayBecome(Program.ENDED)) {
      program = Program.ENDED;
      ended = Optional.of(how);
    }
  }

  void eofCame() {
    if (incoming == Incoming.OUTPUT) {
      incoming = Incoming.EOF;
    }
  }

  void closeCame() {
    incoming = Incoming.CLOSED;
  }

  /// Whether a command can be started.
  boolean takesCommand() {
    return incoming == Incoming.OUTPUT && program.mayBecome(Program.COMMAND);
  }

  boolean isRefused() {
    return program == Program.REFUSED;
  }

  boolean isClosed() {
    return incoming == Incoming.CLOSED;
  }

  /// Whether the end and all of the output have come, or never will.
  boolean isOver() {
    return isRefused() || isClosed() || (ended.isPresent() && incoming == Incoming.EOF);
  }

  /// How it ended; empty while it runs, or where the server did not say.
  Optional<Ended> ended() {
    return ended;
  }

  /// Whether the output was read to its end.
  OutputEnd output() {
    return switch (incoming) {
      case EOF, CLOSED -> OutputEnd.COMPLETE;
      case OUTPUT -> ended.isPresent() ? OutputEnd.HELD_OPEN : OutputEnd.CUT;
    };
  }
}
