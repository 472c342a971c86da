package initrunner.cli.console;

import java.io.IOException;
import java.io.InputStream;

/// Typed bytes up to the escape that `ssh` has too: `~.` at the beginning of a line. `~~` there is
/// one `~`. For one reading thread.
public final class EscapableKeys extends InputStream {

  private static final int PIECE_BYTES = 16 * 1024;

  private final InputStream typed;
  private final Runnable escaped;
  private boolean atLineStart = true;
  private boolean tildeHeld;
  private boolean over;

  /// @param escaped called once at the escape, which ends this stream
  public EscapableKeys(InputStream typed, Runnable escaped) {
    this.typed = typed;
    this.escaped = escaped;
  }

  @Override
  public int read() throws IOException {
    byte[] two = new byte[2];
    int length = read(two, 0, 2);
    return length < 0 ? -1 : two[0] & 0xFF;
  }

  /// A held `~` takes a byte more than was read.
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    byte[] piece = new byte[Math.max(1, Math.min(length - 1, PIECE_BYTES))];
    int given = 0;
    while (given == 0) {
      int count = over ? -1 : typed.read(piece);
      if (count < 0) {
        return -1;
      }
      for (int i = 0; i < count && !over; i++) {
        over = tildeHeld && piece[i] == '.';
        if (over) {
          escaped.run();
        } else {
          given = take(piece[i], bytes, offset, given);
        }
      }
    }
    return given;
  }

  private int take(byte key, byte[] bytes, int offset, int before) {
    int given = before;
    if (tildeHeld) {
      tildeHeld = false;
      if (key != '~') {
        bytes[offset + given++] = '~';
      }
    } else if (atLineStart && key == '~') {
      tildeHeld = true;
      atLineStart = false;
      return given;
    }
    bytes[offset + given++] = key;
    atLineStart = key == '\r' || key == '\n';
    return given;
  }
}
