package initrunner.launch;

import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Hands output on as it comes, but for what may be a [Trailer]. For one call; used by one thread.
final class TrailerSink implements Sink {

  private final Sink next;
  private final Trailer trailer;

  /// Bytes of the error output that are kept back, a character each.
  private String kept = "";

  TrailerSink(Sink next, Trailer trailer) {
    this.next = next;
    this.trailer = trailer;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    kept += StandardCharsets.ISO_8859_1.decode(bytes);
    handOn(trailer.beginIn(kept));
    while (kept.length() > Trailer.MAX_BYTES) {
      handOn(1);
      handOn(trailer.beginIn(kept));
    }
  }

  private void handOn(int length) {
    if (length > 0) {
      byte[] own = kept.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
      kept = kept.substring(length);
      next.stderr(ByteBuffer.wrap(own).asReadOnlyBuffer());
    }
  }

  /// Takes the trailer off, hands on what was kept back for its sake, and says what it said. To be
  /// called once, when there is no more output.
  Optional<Trailer.End> finish() {
    Trailer.Told told = trailer.tell(kept);
    handOn(told.ownLength());
    return told.end();
  }
}
