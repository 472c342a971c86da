package initrunner.cli.console;

import java.io.IOException;
import java.io.InputStream;

/// Typed bytes without the escapes that `ssh` has too, at the beginning of a line: `~.` is the end,
/// and `~~` is one `~`. For one reading thread.
public final class EscapableKeys extends InputStream {

  private static final int PIECE_BYTES = 16 * 1024;

  private final InputStream typed;
  private final Escapes escapes;
  private boolean atLineStart = true;
  private boolean tildeHeld;
  private boolean over;

  /// What the key behind a `~` means.
  public interface Escapes {

    /// Does what the keys ask for.
    ///
    /// @return what becomes of both keys
    Meaning of(char key);

    /// What becomes of the `~` and the key behind it.
    enum Meaning {
      /// Both are typed.
      KEYS,
      /// Neither is.
      ESCAPE,
      /// Neither is, and nothing more comes.
      END
    }
  }

  /// @param escaped called once at `~.`, which ends this stream
  public EscapableKeys(InputStream typed, Runnable escaped) {
    this(
        typed,
        key -> {
          if (key != '.') {
            return Escapes.Meaning.KEYS;
          }
          escaped.run();
          return Escapes.Meaning.END;
        });
  }

  public EscapableKeys(InputStream typed, Escapes escapes) {
    this.typed = typed;
    this.escapes = escapes;
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
        given =
            switch (meaning(piece[i])) {
              case KEYS -> take(piece[i], bytes, offset, given);
              case ESCAPE -> {
                tildeHeld = false;
                atLineStart = true;
                yield given;
              }
              case END -> {
                over = true;
                yield given;
              }
            };
      }
    }
    return given;
  }

  private Escapes.Meaning meaning(byte key) {
    return tildeHeld ? escapes.of((char) (key & 0xFF)) : Escapes.Meaning.KEYS;
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
