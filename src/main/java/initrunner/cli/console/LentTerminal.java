package initrunner.cli.console;

import initrunner.exec.Stdin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Attributes.OutputFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Signals;

/// This process's terminal while a command on a host has it: each key goes there as bytes, Ctrl-C
/// too, and a new size is told. Closing it gives the terminal back as it was. For one thread, but
/// that signals come on others.
public final class LentTerminal implements AutoCloseable {

  /// The usual screen, a visible cursor, plain text, no reports of the mouse and of pasted text.
  private static final String TIDY =
      "\033[?1047l\033[?25h\033[?1000;1002;1003;1006;2004l\033[?1l\033>\033[0m\r\n";

  private static final Stdin.Terminal.Size USUAL = new Stdin.Terminal.Size(80, 24);

  private final Terminal terminal;
  private final Attributes before;
  private final Stdin.Terminal stdin;
  private final Object onWindowChange;
  private final Object onContinue;

  private LentTerminal(Terminal terminal, String type, InputStream typed) {
    this.terminal = terminal;
    before = terminal.getAttributes();
    stdin = new Stdin.Terminal(type, typed, sizeOf(terminal));
    onWindowChange = Signals.register("WINCH", this::resized);
    onContinue = Signals.register("CONT", this::continued);
    terminal.setAttributes(raw());
  }

  /// Takes the terminal. What was typed before now goes to the command, too.
  ///
  /// @param typed the keys
  public static LentTerminal lend(Console console, InputStream typed) {
    try {
      Terminal terminal =
          TerminalBuilder.builder()
              .system(true)
              .nativeSignals(false)
              .graphemeCluster(false)
              .encoding(StandardCharsets.UTF_8)
              .env(name -> console.variable(name).orElse(null))
              .build();
      return new LentTerminal(terminal, console.variable("TERM").orElse("dumb"), typed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the command gets.
  public Stdin.Terminal stdin() {
    return stdin;
  }

  private static Stdin.Terminal.Size sizeOf(Terminal terminal) {
    Size size = terminal.getSize();
    return size.getColumns() < 1 || size.getRows() < 1
        ? USUAL
        : new Stdin.Terminal.Size(size.getColumns(), size.getRows());
  }

  private Attributes raw() {
    Attributes raw = new Attributes(before);
    raw.setLocalFlags(
        EnumSet.of(LocalFlag.ICANON, LocalFlag.ECHO, LocalFlag.ISIG, LocalFlag.IEXTEN), false);
    raw.setInputFlags(
        EnumSet.of(
            InputFlag.BRKINT,
            InputFlag.ICRNL,
            InputFlag.INLCR,
            InputFlag.IGNCR,
            InputFlag.ISTRIP,
            InputFlag.IXON,
            InputFlag.IXOFF,
            InputFlag.IXANY),
        false);
    raw.setOutputFlag(OutputFlag.OPOST, false);
    raw.setControlChar(ControlChar.VMIN, 1);
    raw.setControlChar(ControlChar.VTIME, 0);
    return raw;
  }

  private void resized() {
    stdin.resize(sizeOf(terminal));
  }

  /// After a stop from outside, the shell has made the terminal its own.
  private void continued() {
    terminal.setAttributes(raw());
    resized();
  }

  /// What undoes on the screen what a command could not that did not end by itself.
  public ByteBuffer tidying() {
    return ByteBuffer.wrap(
        (stdin.type().equals("dumb") ? "\r\n" : TIDY).getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    Signals.unregister("WINCH", onWindowChange);
    Signals.unregister("CONT", onContinue);
    terminal.setAttributes(before);
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
