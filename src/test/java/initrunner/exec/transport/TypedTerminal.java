package initrunner.exec.transport;

import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A person at a terminal, who types when something appears. It is the sink of its call.
public final class TypedTerminal implements Sink, AutoCloseable {

  private final PipedOutputStream keys = new PipedOutputStream();
  private final Stdin.Terminal stdin;
  private final StringBuilder shown = new StringBuilder();
  private String awaited = "";
  private Runnable then = () -> {};

  public TypedTerminal(int columns, int rows) {
    try {
      stdin =
          new Stdin.Terminal(
              "vt100", new PipedInputStream(keys, 1 << 16), new Stdin.Terminal.Size(columns, rows));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Stdin.Terminal stdin() {
    return stdin;
  }

  /// Types these keys once the text is shown.
  public void whenShown(String text, String typed) {
    whenShown(text, () -> type(typed));
  }

  public void whenShown(String text, Runnable action) {
    awaited = text;
    then = action;
  }

  public void type(String text) {
    try {
      keys.write(text.getBytes(StandardCharsets.UTF_8));
      keys.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All that was shown.
  public String shown() {
    return shown.toString();
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    shown.append(StandardCharsets.UTF_8.decode(bytes));
    if (!awaited.isEmpty() && shown.indexOf(awaited) >= 0) {
      awaited = "";
      then.run();
    }
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    throw new AssertionError("a terminal has one output: " + StandardCharsets.UTF_8.decode(bytes));
  }

  @Override
  public void close() throws IOException {
    keys.close();
  }
}
