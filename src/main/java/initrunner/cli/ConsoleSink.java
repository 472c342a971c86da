package initrunner.cli;

import initrunner.exec.Sink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Hands a command's output on as it arrives: bytes untouched, each stream to its own. One thread
/// writes.
final class ConsoleSink implements Sink {

  /// Our own output cannot take what the command prints, so the command is stopped.
  static final class OutputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OutputException(IOException cause) {
      super(Optional.ofNullable(cause.getMessage()).orElse(cause.toString()), cause);
    }

    /// Whether the reader went away, as `head` does when it has seen enough.
    boolean isBrokenPipe() {
      return String.valueOf(getMessage()).contains("Broken pipe");
    }
  }

  private final Console console;

  ConsoleSink(Console console) {
    this.console = console;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    write(bytes, console.stdout());
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    write(bytes, console.stderr());
  }

  private static void write(ByteBuffer bytes, OutputStream stream) {
    byte[] chunk = new byte[bytes.remaining()];
    bytes.get(chunk);
    try {
      stream.write(chunk);
      stream.flush();
    } catch (IOException e) {
      throw new OutputException(e);
    }
  }
}
