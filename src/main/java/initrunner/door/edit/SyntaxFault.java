package initrunner.door.edit;

/// A text that is not of its format, or that has what connect would write in a form that it does
/// not change. Its message says what is wrong and where.
public final class SyntaxFault extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  /// @param at offset in the text
  SyntaxFault(String text, int at, String message) {
    super(message);
    int end = Math.min(at, text.length());
    line = 1 + (int) text.substring(0, end).chars().filter(character -> character == '\n').count();
    int lineStart = text.lastIndexOf('\n', end - 1) + 1;
    column = 1 + text.codePointCount(Math.min(lineStart, end), end);
  }

  /// From 1.
  public int line() {
    return line;
  }

  /// In characters, from 1.
  public int column() {
    return column;
  }
}
