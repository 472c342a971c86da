package initrunner.cli.console;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/// Remembers the first failed write: a [java.io.PrintWriter] does not tell its cause. Safe for many
/// threads as far as the output is.
final class WatchedOutput extends FilterOutputStream {

  private volatile Optional<IOException> failure = Optional.empty();

  WatchedOutput(OutputStream output) {
    super(output);
  }

  Optional<IOException> failure() {
    return failure;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      remember(e);
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      remember(e);
      throw e;
    }
  }

  private synchronized void remember(IOException e) {
    failure = failure.or(() -> Optional.of(e));
  }
}
