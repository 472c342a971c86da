package initrunner.exec;

import initrunner.text.UnicodeText;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// What a command reads on its standard input.
public sealed interface Stdin {

  /// End of file at once.
  record Nothing() implements Stdin {}

  /// These bytes, then end of file. The array is not copied, so the caller must not change it.
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy of a large input is the cost
  record Bytes(byte[] content) implements Stdin {

    public Bytes {
      Objects.requireNonNull(content, "Stdin.Bytes: content is null");
    }
  }

  /// All that this stream yields until its end. The transport reads it on another thread and does
  /// not close it; if the call ends first, the rest stays unread.
  record Stream(InputStream source) implements Stdin {

    public Stream {
      Objects.requireNonNull(source, "Stdin.Stream: source is null");
    }
  }

  static Stdin nothing() {
    return new Nothing();
  }

  /// This text in UTF-8, then end of file.
  ///
  /// @throws IllegalArgumentException if it holds half of a surrogate pair, which has no UTF-8
  static Stdin text(String content) {
    Objects.requireNonNull(content, "Stdin.text: content is null");
    if (!UnicodeText.isWellFormed(content)) {
      throw new IllegalArgumentException(
          "standard input holds half of a surrogate pair, which has no UTF-8");
    }
    return new Bytes(content.getBytes(StandardCharsets.UTF_8));
  }

  /// The input as a stream.
  default InputStream open() {
    return switch (this) {
      case Nothing() -> InputStream.nullInputStream();
      case Bytes(byte[] content) -> new ByteArrayInputStream(content);
      case Stream(InputStream source) -> source;
    };
  }
}
