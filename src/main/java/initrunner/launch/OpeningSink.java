package initrunner.launch;

import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Takes the [Opening] out of the error output, and holds the error output back until it arrives.
/// For one call and one thread.
final class OpeningSink implements Sink {

  /// Enough for the reason why a program starts nothing.
  private static final int MAX_KEPT_BYTES = 4096;

  private final Sink next;
  private Optional<Opening> awaited;

  /// The bytes that are held back, one character each.
  private String kept = "";

  /// @param awaited empty if the launch has no opening
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
    String line = awaited.get().text();
    int at = kept.indexOf(line);
    if (at >= 0) {
      kept = kept.substring(0, at) + kept.substring(at + line.length());
      handOn();
    } else if (kept.length() > MAX_KEPT_BYTES) {
      handOn(kept.length() - MAX_KEPT_BYTES);
    }
  }

  /// Whether the launcher was about to start the command, or its launch has no opening.
  boolean isBegun() {
    return awaited.isEmpty();
  }

  /// The error output that arrived instead of the opening.
  String said() {
    return new String(kept.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).strip();
  }

  /// Hands on what was held back, and stops waiting.
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
