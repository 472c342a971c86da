package initrunner.cli.ask;

import java.util.Arrays;

/// A line that a person types, of which each key arrives by itself: what the keys mean, and what is
/// typed so far. For one thread; [#close] overwrites what was typed.
final class TypedLine implements AutoCloseable {

  /// `ssh` reads no more of an answer.
  static final int MOST_BYTES = 1023;

  private static final int CTRL_C = 3;
  private static final int CTRL_D = 4;
  private static final int BACKSPACE = 8;
  private static final int CTRL_U = 21;
  private static final int CTRL_Z = 26;
  private static final int ESCAPE = 27;
  private static final int DELETE = 127;

  /// What a key did to the line.
  enum Change {
    NONE,
    /// The byte stands at the line's end now.
    ADDED,
    /// The last character is gone.
    REMOVED,
    /// All characters are gone.
    CLEARED,
    ENTERED,
    /// The input has an end, and the line is empty.
    ENDED,
    INTERRUPTED,
    SUSPENDED
  }

  /// A key that is no character sends several bytes, none of which is part of the answer.
  private enum Keys {
    PLAIN,
    AFTER_ESCAPE,
    IN_SEQUENCE
  }

  private final byte[] typed = new byte[MOST_BYTES];
  private int length;
  private Keys keys = Keys.PLAIN;

  /// Takes the next byte.
  Change take(byte key) {
    int value = Byte.toUnsignedInt(key);
    if (keys != Keys.PLAIN) {
      keys = next(value);
      return Change.NONE;
    }
    return switch (value) {
      case '\r', '\n' -> Change.ENTERED;
      case CTRL_C -> Change.INTERRUPTED;
      case CTRL_Z -> Change.SUSPENDED;
      case CTRL_D -> length == 0 ? Change.ENDED : Change.NONE;
      case BACKSPACE, DELETE -> remove();
      case CTRL_U -> clear();
      case ESCAPE -> {
        keys = Keys.AFTER_ESCAPE;
        yield Change.NONE;
      }
      default -> value < ' ' || length == MOST_BYTES ? Change.NONE : add(key);
    };
  }

  private Keys next(int value) {
    return switch (keys) {
      case PLAIN -> Keys.PLAIN;
      case AFTER_ESCAPE -> value == '[' || value == 'O' ? Keys.IN_SEQUENCE : Keys.PLAIN;
      case IN_SEQUENCE -> value >= '@' && value <= '~' ? Keys.PLAIN : Keys.IN_SEQUENCE;
    };
  }

  private Change add(byte key) {
    typed[length++] = key;
    return Change.ADDED;
  }

  /// The last character, of which UTF-8 marks all bytes but the first.
  private Change remove() {
    if (length == 0) {
      return Change.NONE;
    }
    while (length > 1 && (typed[length - 1] & 0xC0) == 0x80) {
      typed[--length] = 0;
    }
    typed[--length] = 0;
    return Change.REMOVED;
  }

  private Change clear() {
    close();
    return Change.CLEARED;
  }

  /// A copy of what is typed so far.
  byte[] text() {
    return Arrays.copyOf(typed, length);
  }

  int characters() {
    int count = 0;
    for (int i = 0; i < length; i++) {
      count += (typed[i] & 0xC0) == 0x80 ? 0 : 1;
    }
    return count;
  }

  @Override
  public void close() {
    Arrays.fill(typed, (byte) 0);
    length = 0;
  }
}
