package initrunner.transfer.host;

import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// How long a line takes to a shell that runs already, and its answer back: the first byte of the
/// shell's output sends the line, the next ends the time. What the host takes to start a process
/// does not count. For one command.
final class RoundTrip implements Sink, AutoCloseable {

  private final CountDownLatch begun = new CountDownLatch(1);
  private volatile long beginNanos;
  private Optional<Duration> time = Optional.empty();

  /// The line, which waits for the shell's first byte.
  Stdin line() {
    return new Stdin.Stream(new Line());
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    if (begun.getCount() == 1) {
      beginNanos = System.nanoTime();
      begun.countDown();
    } else if (time.isEmpty()) {
      time = Optional.of(Duration.ofNanos(System.nanoTime() - beginNanos));
    }
  }

  @Override
  public void stderr(ByteBuffer bytes) {}

  /// The command has ended: the line waits no longer.
  @Override
  public void close() {
    begun.countDown();
  }

  /// Empty if the shell did not answer.
  Optional<Duration> time() {
    return time;
  }

  private final class Line extends InputStream {
    private boolean isRead;

    @Override
    public int read() throws IOException {
      if (isRead) {
        return -1;
      }
      try {
        begun.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted before the shell's first byte");
      }
      isRead = true;
      return '\n';
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int next = read();
      if (next < 0) {
        return -1;
      }
      buffer[offset] = (byte) next;
      return 1;
    }
  }
}
