package initrunner.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The input of a login shell that was not asked what it understands, from when a shell there has
/// said that it is ready to read: nothing else gets any of it. If none says so, this has no input.
/// For one reading thread, which an interrupt ends; [#release] may be called by any.
final class InputWhenReady extends InputStream {

  /// A login shell that waits for input does not wait for ever.
  private static final Duration MOST = Duration.ofSeconds(5);

  private final InputStream input;
  private final CountDownLatch ready = new CountDownLatch(1);
  private boolean isOver;

  InputWhenReady(InputStream input) {
    this.input = input;
  }

  /// The shell is ready.
  void release() {
    ready.countDown();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int length = read(one, 0, 1);
    return length < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      isOver = isOver || !ready.await(MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the command is over");
    }
    return isOver ? -1 : input.read(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
