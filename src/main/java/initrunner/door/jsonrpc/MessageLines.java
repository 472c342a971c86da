package initrunner.door.jsonrpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Reads messages that end with a line feed, each of a bounded length. For one thread.
final class MessageLines {

  private final InputStream from;
  private final int mostBytes;
  private final byte[] buffer = new byte[64 * 1024];
  private int at;
  private int end;
  private byte[] text = {};
  private boolean isWhole = true;

  MessageLines(InputStream from, int mostBytes) {
    this.from = from;
    this.mostBytes = mostBytes;
  }

  /// Blocks for the next line; false at the end of the input. A last line without a line feed is
  /// half a message, and does not count.
  boolean next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    isWhole = true;
    while (true) {
      if (at == end) {
        at = 0;
        end = Math.max(0, from.read(buffer));
        if (end == 0) {
          return false;
        }
      }
      int feed = at;
      while (feed < end && buffer[feed] != '\n') {
        feed++;
      }
      int kept = Math.min(feed - at, mostBytes - line.size());
      isWhole &= kept == feed - at;
      line.write(buffer, at, kept);
      if (feed < end) {
        at = feed + 1;
        text = line.toByteArray();
        return true;
      }
      at = end;
    }
  }

  /// The line without its end.
  byte[] text() {
    return text;
  }

  /// False if the line was longer than allowed; its rest was skipped.
  boolean isWhole() {
    return isWhole;
  }

  boolean isBlank() {
    return text.length < 1024 && new String(text, StandardCharsets.ISO_8859_1).isBlank();
  }
}
