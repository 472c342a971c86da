package initrunner.runtime.output;

import initrunner.exec.Captured;
import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Counts the bytes it passes on, and keeps what is to be recorded of them. One thread writes and
/// reads.
public final class CountingSink implements Sink {

  private final Sink next;
  private final Optional<Captured> kept;
  private long stdoutBytes;
  private long stderrBytes;

  /// @param kept gets both streams as one, as they come
  public CountingSink(Sink next, Optional<Captured> kept) {
    this.next = next;
    this.kept = kept;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    stdoutBytes += bytes.remaining();
    kept.ifPresent(ends -> ends.stdout(bytes.duplicate()));
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    stderrBytes += bytes.remaining();
    kept.ifPresent(ends -> ends.stdout(bytes.duplicate()));
    next.stderr(bytes);
  }

  public Optional<Captured> kept() {
    return kept;
  }

  public long stdoutBytes() {
    return stdoutBytes;
  }

  public long stderrBytes() {
    return stderrBytes;
  }
}
