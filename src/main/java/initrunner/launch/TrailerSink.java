package initrunner.launch;

import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Hands output on, but keeps back the last bytes of the error output until it is clear that they
/// are no [Trailer]. For one call; used by one thread.
public final class TrailerSink implements Sink {

  private final Sink next;
  private final Trailer trailer;
  private final byte[] kept = new byte[Trailer.MAX_BYTES];
  private int keptBytes;

  public TrailerSink(Sink next, Trailer trailer) {
    this.next = next;
    this.trailer = trailer;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    int over = Math.max(0, keptBytes + bytes.remaining() - kept.length);
    int ofKept = Math.min(over, keptBytes);
    if (ofKept > 0) {
      next.stderr(ByteBuffer.wrap(kept, 0, ofKept).asReadOnlyBuffer());
      System.arraycopy(kept, ofKept, kept, 0, keptBytes - ofKept);
      keptBytes -= ofKept;
    }
    if (over > ofKept) {
      ByteBuffer first = bytes.slice(bytes.position(), over - ofKept);
      bytes.position(bytes.position() + over - ofKept);
      next.stderr(first);
    }
    int rest = bytes.remaining();
    bytes.get(kept, keptBytes, rest);
    keptBytes += rest;
  }

  /// Takes the trailer off, hands on what was kept back for its sake, and says what it said. To be
  /// called once, when there is no more output.
  public Optional<Trailer.End> finish() {
    String last = new String(kept, 0, keptBytes, StandardCharsets.ISO_8859_1);
    Optional<Trailer.End> end = trailer.read(last);
    int rest = end.isPresent() ? last.lastIndexOf("\n" + trailer.mark()) : keptBytes;
    if (rest > 0) {
      next.stderr(ByteBuffer.wrap(kept, 0, rest).asReadOnlyBuffer());
    }
    keptBytes = 0;
    return end;
  }
}
