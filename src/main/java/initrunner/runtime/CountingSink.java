package initrunner.runtime;

import initrunner.exec.Sink;
import java.nio.ByteBuffer;

/// Counts the bytes it passes on. One thread writes and reads.
final class CountingSink implements Sink {

  private final Sink next;
  private long stdoutBytes;
  private long stderrBytes;

  CountingSink(Sink next) {
    this.next = next;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    stdoutBytes += bytes.remaining();
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    stderrBytes += bytes.remaining();
    next.stderr(bytes);
  }

  long stdoutBytes() {
    return stdoutBytes;
  }

  long stderrBytes() {
    return stderrBytes;
  }
}
