package initrunner.role;

import java.util.Locale;

/// Texts of a role made fit to be printed: nothing in them is acted on by a terminal.
final class Shown {

  private static final int MOST_CHARACTERS = 60;

  private Shown() {}

  /// The text in quotes, short and on one line.
  static String quoted(String text) {
    return '"' + visible(cut(text)) + '"';
  }

  static String cut(String text) {
    if (text.codePointCount(0, text.length()) <= MOST_CHARACTERS) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, MOST_CHARACTERS)) + "…";
  }

  /// The whole text, with what has no shape of its own as an escape.
  static String visible(String text) {
    StringBuilder visible = new StringBuilder();
    text.codePoints().forEach(c -> append(visible, c));
    return visible.toString();
  }

  private static void append(StringBuilder to, int codePoint) {
    switch (codePoint) {
      case '\n' -> to.append("\\n");
      case '\r' -> to.append("\\r");
      case '\t' -> to.append("\\t");
      case '"' -> to.append("\\\"");
      case '\\' -> to.append("\\\\");
      default -> {
        if (isInvisible(codePoint)) {
          to.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
        } else {
          to.appendCodePoint(codePoint);
        }
      }
    }
  }

  /// Control and format characters, half surrogates, and line separators.
  static boolean isInvisible(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}
