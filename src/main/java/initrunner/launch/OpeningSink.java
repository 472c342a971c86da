package initrunner.launch;

import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Takes the [Opening] out of the error output, and holds the error output back until it arrives;
/// but not on a terminal, where a person sees meanwhile what the launcher says. For one call and
/// one thread.
final class OpeningSink implements Sink {

  /// Enough for the reason why a program starts nothing.
  private static final int MAX_KEPT_BYTES = 4096;

  private final Sink next;
  private Optional<Opening> awaited;

  /// What has arrived, one character for each byte; of much, the end.
  private String kept = "";

  /// How much of its beginning was handed on.
  private int handed;

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
    String text = awaited.get().text();
    int at = kept.indexOf(text);
    if (at >= 0) {
      kept = kept.substring(0, at) + kept.substring(at + text.length());
      handOn();
      return;
    }
    if (awaited.get().form() == MarkForm.SEQUENCE) {
      handOn(MarkForm.beginOf(text, kept));
    }
    int excess = kept.length() - MAX_KEPT_BYTES;
    if (excess > 0) {
      handOn(excess);
      kept = kept.substring(excess);
      handed -= excess;
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

  /// @param end of what is handed on
  private void handOn(int end) {
    if (end > handed) {
      byte[] bytes = kept.substring(handed, end).getBytes(StandardCharsets.ISO_8859_1);
      handed = end;
      next.stderr(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
    }
  }
}
