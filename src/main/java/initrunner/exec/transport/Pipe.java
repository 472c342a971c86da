package initrunner.exec.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A command's input as other threads write it: bytes wait in memory until they are read, 1 MiB at
/// most. One thread reads, any write and close.
public final class Pipe extends InputStream {

  private static final int MOST_WAITING_BYTES = 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // All below is guarded by the lock.
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private int offset;
  private boolean closed;

  /// Adds bytes, which the caller must not change any more. Blocks while many wait to be read.
  ///
  /// @return false if the pipe is closed
  /// @throws InterruptedException if the thread is interrupted; the bytes are not added
  public boolean write(byte[] bytes) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && waitingBytes > 0 && waitingBytes + bytes.length > MOST_WAITING_BYTES) {
        changed.await();
      }
      if (!closed && bytes.length > 0) {
        waiting.add(bytes);
        waitingBytes += bytes.length;
        changed.signalAll();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int at, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    lock.lock();
    try {
      while (!closed && waiting.isEmpty()) {
        changed.await();
      }
      if (waiting.isEmpty()) {
        return -1;
      }
      byte[] first = waiting.getFirst();
      int count = Math.min(length, first.length - offset);
      System.arraycopy(first, offset, buffer, at, count);
      offset += count;
      waitingBytes -= count;
      if (offset == first.length) {
        waiting.removeFirst();
        offset = 0;
      }
      changed.signalAll();
      return count;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the reader of a pipe was interrupted");
    } finally {
      lock.unlock();
    }
  }

  /// Ends the input; what waits is still read. Does not block.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
