package initrunner.transfer.link;

/// How the bytes of a stream go over a link. Immutable.
public enum Packing {
  PLAIN("plain"),
  GZIP("gzip");

  private final String word;

  Packing(String word) {
    this.word = word;
  }

  /// The word of the scripts on the host.
  public String word() {
    return word;
  }
}
