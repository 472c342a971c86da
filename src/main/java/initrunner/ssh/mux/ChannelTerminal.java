package initrunner.ssh.mux;

import initrunner.exec.Stdin;
import java.nio.ByteBuffer;

/// The terminal that a channel's command gets. Asked for once, before the command: OpenSSH's server
/// ends the whole connection at a second request on one channel. For the thread that drives the
/// channel.
final class ChannelTerminal {

  /// What the server has said.
  enum Answer {
    NONE,
    GIVEN,
    REFUSED
  }

  private static final int TTY_OP_END = 0;
  private static final int ICRNL = 36;
  private static final int IXON = 38;
  private static final int IUTF8 = 42;
  private static final int ISIG = 50;
  private static final int ICANON = 51;
  private static final int ECHO = 53;

  private final Stdin.Terminal terminal;
  private Stdin.Terminal.Size told;
  private Answer answer = Answer.NONE;

  private ChannelTerminal(Stdin.Terminal terminal) {
    this.terminal = terminal;
    told = terminal.size();
  }

  /// Puts the request on the way. The modes are the host's own, but for UTF-8; lines for a shell
  /// come in front of the keys unchanged, of any length, and not shown.
  ///
  /// @param look makes the channel's thread look at the size again
  static ChannelTerminal ask(
      FrameWriter out, int channel, Stdin.Terminal terminal, TerminalModes modes, Runnable look) {
    terminal.afterResize(look);
    ChannelTerminal asked = new ChannelTerminal(terminal);
    out.terminal(channel, terminal, encoded(modes));
    return asked;
  }

  private static byte[] encoded(TerminalModes modes) {
    return switch (modes) {
      case USUAL -> encoded(1, IUTF8);
      case LINES_FIRST -> encoded(0, ICRNL, IXON, ISIG, ICANON, ECHO);
    };
  }

  private static byte[] encoded(int value, int... opcodes) {
    ByteBuffer encoded = ByteBuffer.allocate(opcodes.length * 5 + 1);
    for (int opcode : opcodes) {
      encoded.put((byte) opcode).putInt(value);
    }
    return encoded.put((byte) TTY_OP_END).array();
  }

  void answered(Answer given) {
    answer = given;
  }

  Answer answer() {
    return answer;
  }

  /// Tells the server the size if it has changed.
  void resize(FrameWriter out, int channel) {
    Stdin.Terminal.Size now = terminal.size();
    if (!now.equals(told)) {
      told = now;
      out.windowChange(channel, now);
    }
  }
}
