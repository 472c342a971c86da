package initrunner.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What is typed, from when the command has begun: the terminal treats keys as lines before. For
/// one reading thread, which an interrupt ends; [#release] may be called by any.
final class HeldKeys extends InputStream {

  /// A login shell that waits for a key does not wait for ever.
  private static final Duration MOST = Duration.ofSeconds(5);

  private final InputStream typed;
  private final CountDownLatch begun = new CountDownLatch(1);

  HeldKeys(InputStream typed) {
    this.typed = typed;
  }

  /// The command has begun.
  void release() {
    begun.countDown();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int length = read(one, 0, 1);
    return length < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = typed.read(bytes, offset, length);
    try {
      var _ = begun.await(MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the command is over");
    }
    return count;
  }
}
