package initrunner.ssh;

import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/// Counts what a library gives it, on one thread.
final class Counted extends OutputStream {

  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile long bytes;

  long bytes() {
    return bytes;
  }

  void awaitClose() throws InterruptedException {
    closed.await();
  }

  @Override
  public void write(int one) {
    add(1);
  }

  @Override
  public void write(byte[] some, int offset, int length) {
    add(length);
  }

  private void add(int length) {
    long now = bytes + length;
    bytes = now;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
