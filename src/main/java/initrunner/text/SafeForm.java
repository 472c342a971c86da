package initrunner.text;

import java.util.HexFormat;

/// The ways to make text safe.
enum SafeForm {
  ONE_LINE,
  LINES,
  /// As [#LINES], but CR LF stays.
  RECORDS,
  EXACT,
  JSON;

  private static final HexFormat UPPER = HexFormat.of().withUpperCase();
  private static final HexFormat LOWER = HexFormat.of();

  /// Whether the unit is always shown as it is. Fast; if not, only [Escaper] decides.
  boolean isPlain(char unit) {
    return unit >= ' ' && unit < 0x7F && (this != JSON || (unit != '"' && unit != '\\'));
  }

  boolean hasLines() {
    return this == LINES || this == RECORDS;
  }

  /// Appends the escape of a character.
  void escape(StringBuilder to, int character) {
    if (this == JSON) {
      json(to, character);
    } else if (character < ' ') {
      to.append("\\x").append(UPPER.toHexDigits((byte) character));
    } else {
      // Also DEL: in JSON text this is JSON's own escape, so the value stays the same.
      units(to, character, UPPER);
    }
  }

  private static void json(StringBuilder to, int character) {
    switch (character) {
      case '\n' -> to.append("\\n");
      case '\r' -> to.append("\\r");
      case '\t' -> to.append("\\t");
      case '"' -> to.append("\\\"");
      case '\\' -> to.append("\\\\");
      default -> units(to, character, LOWER);
    }
  }

  private static void units(StringBuilder to, int character, HexFormat digits) {
    for (char unit : Character.toChars(character)) {
      to.append("\\u").append(digits.toHexDigits(unit));
    }
  }
}
