package initrunner.exec;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A text of which the middle may be missing.
///
/// @param head its beginning; all of it where nothing is missing
/// @param omittedBytes how many bytes are missing between the two
/// @param tail its end; empty where nothing is missing
public record Excerpt(String head, long omittedBytes, String tail) {

  /// Whether something is missing.
  public boolean isCut() {
    return omittedBytes > 0;
  }

  /// How many bytes of UTF-8 the head and the tail have.
  public int keptBytes() {
    return utf8Bytes(head) + utf8Bytes(tail);
  }

  /// At most this many bytes of UTF-8, half from each end. No character is split.
  public Excerpt within(int maxBytes) {
    if (keptBytes() <= maxBytes) {
      return this;
    }
    String end = isCut() ? tail : head;
    int headEnd = 0;
    for (int left = maxBytes / 2; headEnd < head.length(); ) {
      int character = head.codePointAt(headEnd);
      left -= utf8Bytes(Character.toString(character));
      if (left < 0) {
        break;
      }
      headEnd += Character.charCount(character);
    }
    int tailStart = end.length();
    for (int left = maxBytes - maxBytes / 2; tailStart > 0; ) {
      int character = end.codePointBefore(tailStart);
      left -= utf8Bytes(Character.toString(character));
      if (left < 0) {
        break;
      }
      tailStart -= Character.charCount(character);
    }
    return shortenedTo(head.substring(0, headEnd), end.substring(tailStart));
  }

  /// Drops the partial lines at the cut.
  public Excerpt ofWholeLines() {
    if (!isCut()) {
      return this;
    }
    int lastEnd = head.lastIndexOf('\n');
    int firstEnd = tail.indexOf('\n');
    return shortenedTo(
        head.substring(0, lastEnd + 1), firstEnd < 0 ? "" : tail.substring(firstEnd + 1));
  }

  private Excerpt shortenedTo(String shorterHead, String shorterTail) {
    int dropped = keptBytes() - utf8Bytes(shorterHead) - utf8Bytes(shorterTail);
    return new Excerpt(shorterHead, omittedBytes + dropped, shorterTail);
  }

  /// The text, with `[… 12.3 MB omitted …]` on a line of its own where the middle is missing.
  public String text() {
    return isCut() ? head + "\n[… " + size(omittedBytes) + " omitted …]\n" + tail : head;
  }

  private static int utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    if (bytes < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
    }
    if (bytes < 1_000_000_000) {
      return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
