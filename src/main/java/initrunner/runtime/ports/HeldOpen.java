package initrunner.runtime.ports;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;

/// These bytes, and no end before it is closed: many servers take the end of a request's connection
/// for a client that has gone away. One thread reads; any may close.
final class HeldOpen extends InputStream {

  private final byte[] content;
  private final CountDownLatch closed = new CountDownLatch(1);
  private int position;

  HeldOpen(byte[] content) {
    this.content = content;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = Math.min(length, content.length - position);
    if (count > 0 || length == 0) {
      System.arraycopy(content, position, bytes, offset, count);
      position += count;
      return count;
    }
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    return -1;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
