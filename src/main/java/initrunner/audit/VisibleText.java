package initrunner.audit;

import java.util.HexFormat;

/// Text in which every character can be seen for what it is: no control characters, no blanks of
/// other scripts, no bidi or zero-width marks, no half surrogate pairs. Stateless.
public final class VisibleText {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private VisibleText() {}

  /// One line to show to a person, out of text from anywhere. Whatever is not visible is escaped,
  /// save the plain space, so a terminal obeys nothing in it.
  public static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(character -> {
          if (character == ' ' || isVisible(character)) {
            line.appendCodePoint(character);
          } else {
            escape(line, character);
          }
        });
    return line.toString();
  }

  /// Whether the character leaves ink of its own. A combining mark does not: it changes the look of
  /// the character before it.
  static boolean isVisible(int character) {
    if (character < 0x80) {
      return character > ' ' && character < 0x7F;
    }
    return !isBlankInk(character)
        && switch (Character.getType(character)) {
          case Character.UPPERCASE_LETTER,
              Character.LOWERCASE_LETTER,
              Character.TITLECASE_LETTER,
              Character.MODIFIER_LETTER,
              Character.OTHER_LETTER,
              Character.DECIMAL_DIGIT_NUMBER,
              Character.LETTER_NUMBER,
              Character.OTHER_NUMBER,
              Character.CONNECTOR_PUNCTUATION,
              Character.DASH_PUNCTUATION,
              Character.START_PUNCTUATION,
              Character.END_PUNCTUATION,
              Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.OTHER_PUNCTUATION,
              Character.MATH_SYMBOL,
              Character.CURRENCY_SYMBOL,
              Character.MODIFIER_SYMBOL,
              Character.OTHER_SYMBOL ->
              true;
          default -> false;
        };
  }

  /// Letters and symbols by category that are drawn as nothing: the Hangul fillers and the empty
  /// Braille cell.
  private static boolean isBlankInk(int character) {
    return switch (character) {
      case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800 -> true;
      default -> false;
    };
  }

  /// Appends `\xHH` for an ASCII character; for another one a backslash, `u` and four hexadecimal
  /// digits for each of its UTF-16 units.
  static void escape(StringBuilder to, int character) {
    if (character < 0x80) {
      to.append("\\x").append(HEX.toHexDigits((byte) character));
      return;
    }
    for (char unit : Character.toChars(character)) {
      to.append("\\u").append(HEX.toHexDigits(unit));
    }
  }
}
