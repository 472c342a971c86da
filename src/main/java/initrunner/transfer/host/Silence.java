package initrunner.transfer.host;

import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;

/// Ends a call in which no byte has moved for long, by an interrupt of the thread that makes it.
/// For one call.
final class Silence implements AutoCloseable {

  private final Thread caller = Thread.currentThread();
  private final Thread watch;
  private volatile long lastByte = System.nanoTime();
  private volatile boolean isTooLong;

  /// @param most how long no byte may move
  Silence(Duration most) {
    watch = Thread.ofVirtual().start(() -> watch(most));
  }

  private void watch(Duration most) {
    try {
      long left = most.toNanos();
      while (left > 0) {
        Thread.sleep(Duration.ofNanos(left));
        left = most.toNanos() - (System.nanoTime() - lastByte);
      }
      isTooLong = true;
      caller.interrupt();
    } catch (InterruptedException closed) {
      // The call is over.
    }
  }

  /// Whether it has ended the call.
  boolean isTooLong() {
    return isTooLong;
  }

  /// The same input; each read is a sign of life.
  Stdin heard(Stdin stdin) {
    return stdin instanceof Stdin.Stream(InputStream source)
        ? new Stdin.Stream(new Heard(source))
        : stdin;
  }

  /// The same sink; all output is a sign of life.
  Sink heard(Sink sink) {
    return new Sink() {
      @Override
      public void stdout(ByteBuffer bytes) {
        lastByte = System.nanoTime();
        sink.stdout(bytes);
      }

      @Override
      public void stderr(ByteBuffer bytes) {
        lastByte = System.nanoTime();
        sink.stderr(bytes);
      }
    };
  }

  private final class Heard extends FilterInputStream {

    Heard(InputStream source) {
      super(source);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      lastByte = System.nanoTime();
      return in.read(buffer, offset, length);
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
