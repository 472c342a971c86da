package initrunner.exec;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// What a command reads on its standard input.
public sealed interface Stdin {

  /// End of file at once.
  record Nothing() implements Stdin {}

  /// These bytes, then end of file. The array is not copied: whoever hands it over leaves it alone.
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy of a large input is the cost
  record Bytes(byte[] content) implements Stdin {}

  /// Whatever this stream yields until its end. It is read by the transport, on another thread, and
  /// not closed; a call that ends before its input does leaves the rest unread.
  record Stream(InputStream source) implements Stdin {}

  static Stdin nothing() {
    return new Nothing();
  }

  static Stdin text(String content) {
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
