package initrunner.runtime.terminals;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;

/// What is typed at a terminal, for its program to read. It has no end before it is closed. One
/// thread reads; any may type and close. What was read is overwritten here.
final class Keyboard extends InputStream {

  /// A program that reads nothing is not typed at without a bound.
  static final int MOST_BYTES = 256 * 1024;

  private byte[] typed = new byte[4096];
  private int first;
  private int end;
  private boolean closed;

  /// Types all of this, or nothing where there is no room for it.
  ///
  /// @return whether there was room
  synchronized boolean type(byte[] bytes) {
    if (end - first + bytes.length > MOST_BYTES) {
      return false;
    }
    if (end + bytes.length > typed.length) {
      byte[] larger = new byte[Math.max(typed.length, 2 * (end - first + bytes.length))];
      System.arraycopy(typed, first, larger, 0, end - first);
      Arrays.fill(typed, (byte) 0);
      typed = larger;
      end -= first;
      first = 0;
    }
    System.arraycopy(bytes, 0, typed, end, bytes.length);
    end += bytes.length;
    notifyAll();
    return true;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      while (first == end && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the terminal is closed");
    }
    if (first == end) {
      return -1;
    }
    int count = Math.min(length, end - first);
    System.arraycopy(typed, first, bytes, offset, count);
    Arrays.fill(typed, first, first + count, (byte) 0);
    first += count;
    return count;
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
