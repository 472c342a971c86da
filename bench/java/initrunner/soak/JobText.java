package initrunner.soak;

import java.io.IOException;
import java.io.InputStream;

/// What the job of [JobSoak] writes: a million bytes each second, of which each byte is known by
/// its place. Stateless.
final class JobText {

  static final int BYTES_PER_SECOND = 1_000_000;
  static final int STATUS = 7;
  private static final int LINE_BYTES = 20;

  private JobText() {}

  /// The job's command: it writes for so many seconds, and exits with [#STATUS].
  static String script(int seconds) {
    return ("i=0; while [ $i -lt %d ]; do yes \"$(printf %%019d $i)\" | head -c %d;"
            + " i=$((i + 1)); sleep 1; done; exit %d")
        .formatted(seconds, BYTES_PER_SECOND, STATUS);
  }

  /// Reads to the end, and compares each byte.
  ///
  /// @param from the place of the first
  /// @return the place behind the last
  static long compare(InputStream in, long from) throws IOException {
    byte[] buffer = new byte[1 << 16];
    byte[] line = new byte[0];
    long second = -1;
    long at = from;
    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
      for (int i = 0; i < length; i++, at++) {
        if (at / BYTES_PER_SECOND != second) {
          second = at / BYTES_PER_SECOND;
          line = "%019d\n".formatted(second).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        }
        if (buffer[i] != line[(int) (at % BYTES_PER_SECOND % LINE_BYTES)]) {
          throw new AssertionError("byte " + at + " is another than the job wrote");
        }
      }
    }
    return at;
  }
}
