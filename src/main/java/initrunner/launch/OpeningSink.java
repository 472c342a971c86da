package initrunner.launch;

import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Hands output on, but for an [Opening], and keeps the error output back until that has come. For
/// one call; used by one thread.
final class OpeningSink implements Sink {

  /// As much as a program has to say of why it starts nothing.
  private static final int MAX_KEPT_BYTES = 4096;

  private final Sink next;
  private Optional<Opening> awaited;

  /// Bytes of the error output that are kept back, a character each.
  private String kept = "";

  /// @param awaited empty where the command says nothing of its beginning
  OpeningSink(Sink next, Optional<Opening> awaited) {
    this.next = next;
    this.awaited = awaited;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    if (awaited.isEmpty()) {
      next.stderr(bytes);
      return;
    }
    kept += StandardCharsets.ISO_8859_1.decode(bytes);
    String line = awaited.get().mark() + "\n";
    int at = kept.indexOf(line);
    if (at >= 0) {
      kept = kept.substring(0, at) + kept.substring(at + line.length());
      handOn();
    } else if (kept.length() > MAX_KEPT_BYTES) {
      handOn(kept.length() - MAX_KEPT_BYTES);
    }
  }

  /// Whether the command was about to be started, or would not have said so.
  boolean isBegun() {
    return awaited.isEmpty();
  }

  /// What was said instead of a beginning, as text.
  String said() {
    return new String(kept.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).strip();
  }

  /// Hands on what was kept back, and waits for nothing any more.
  void handOn() {
    awaited = Optional.empty();
    handOn(kept.length());
  }

  private void handOn(int length) {
    if (length > 0) {
      byte[] bytes = kept.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
      kept = kept.substring(length);
      next.stderr(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
    }
  }
}
