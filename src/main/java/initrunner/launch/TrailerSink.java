package initrunner.launch;

import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Takes the [Trailer] out of the error output, and holds back only what may be one. For one call
/// and one thread.
final class TrailerSink implements Sink {

  private final Sink next;
  private final Trailer trailer;

  /// The bytes that are held back, one character each.
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

  /// Hands on what was held back and is not the trailer. The caller calls it once, after the last
  /// output.
  Optional<Trailer.End> finish() {
    Trailer.Tail tail = trailer.tail(kept);
    handOn(tail.ownLength());
    return tail.end();
  }
}
