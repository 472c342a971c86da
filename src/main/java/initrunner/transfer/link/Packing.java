package initrunner.transfer.link;

import java.io.InputStream;

/// How the bytes of a stream go over a link. Immutable.
public enum Packing {
  PLAIN("plain"),
  GZIP("gzip");

  private final String word;

  Packing(String word) {
    this.word = word;
  }

  /// The same bytes, packed so.
  public InputStream packed(InputStream bytes) {
    return switch (this) {
      case PLAIN -> bytes;
      case GZIP -> new PackedStream(bytes);
    };
  }

  /// The word of the scripts on the host.
  public String word() {
    return word;
  }
}
