package initrunner.cli.attach;

import initrunner.cli.console.Console;
import initrunner.cli.console.EscapableKeys;
import initrunner.cli.console.EscapableKeys.Escapes.Meaning;
import initrunner.cli.console.LentTerminal;
import initrunner.exec.Stdin;
import initrunner.runtime.terminals.AttachFrame;
import initrunner.runtime.terminals.AttachFrame.Kind;
import initrunner.runtime.terminals.AttachSocket.Found;
import initrunner.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Optional;

/// This process's terminal while it shows an agent's. One thread calls [#show]; another one sends
/// what is typed, and the monitor guards the sending.
final class AttachedTerminal {

  private static final String OTHER_SCREEN = "\u001b[?1049h";
  private static final String USUAL_SCREEN = "\u001b[?1049l\u001b[?25h\u001b[0m";
  private static final int PIECE_BYTES = 4096;

  private final Console console;
  private final Found found;

  AttachedTerminal(Console console, Found found) {
    this.console = console;
    this.found = found;
  }

  /// Shows it until the person leaves or it is closed. Blocks.
  ///
  /// @return what came of it, in a line
  String show() {
    EscapableKeys keys = new EscapableKeys(console.stdin(), this::escape);
    String end = "You have left " + found.id() + "; it is still open.";
    try (LentTerminal lent = LentTerminal.lend(console, keys)) {
      lent.stdin().afterResize(() -> send(size(lent.stdin().size())));
      send(size(lent.stdin().size()));
      Thread.ofPlatform().daemon().name("initrunner-keys").start(() -> type(keys));
      print(OTHER_SCREEN);
      try {
        Optional<AttachFrame> frame = AttachFrame.receive(found.channel());
        while (frame.isPresent()) {
          switch (frame.get().kind()) {
            case PAINT -> print(frame.get().text());
            case OVER -> end = frame.get().text() + ".";
            case ABOUT, SIZE, KEYS, GIVE -> {}
          }
          frame = AttachFrame.receive(found.channel());
        }
      } catch (IOException left) {
        System.getLogger(AttachedTerminal.class.getName())
            .log(Level.DEBUG, "A terminal is left", left);
      } finally {
        print(USUAL_SCREEN);
      }
    }
    return SafeText.oneLine(end);
  }

  private static AttachFrame size(Stdin.Terminal.Size size) {
    return AttachFrame.of(Kind.SIZE, size.columns() + " " + size.rows());
  }

  private Meaning escape(char key) {
    return switch (key) {
      case '.' -> {
        leave();
        yield Meaning.END;
      }
      case 'g' -> {
        send(AttachFrame.of(Kind.GIVE, ""));
        yield Meaning.ESCAPE;
      }
      default -> Meaning.KEYS;
    };
  }

  private void type(InputStream keys) {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      for (int count = keys.read(piece); count >= 0; count = keys.read(piece)) {
        send(new AttachFrame(Kind.KEYS, Arrays.copyOf(piece, count)));
      }
    } catch (IOException noInput) {
      leave();
    } finally {
      Arrays.fill(piece, (byte) 0);
    }
  }

  private synchronized void send(AttachFrame frame) {
    try {
      frame.send(found.channel());
    } catch (IOException gone) {
      leave();
    }
  }

  private void leave() {
    try {
      found.close();
    } catch (IOException gone) {
      System.getLogger(AttachedTerminal.class.getName()).log(Level.DEBUG, "closing a socket", gone);
    }
  }

  private void print(String bytes) {
    console.out().printOwn(bytes);
  }
}
