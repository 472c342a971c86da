package initrunner.cli.console;

import java.util.function.IntSupplier;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;

/// The abilities of a terminal, as far as the user wants them.
///
/// @param columns at the moment
/// @param coloured false under `NO_COLOR`
/// @param moving whether a line may be written over
public record TerminalLook(IntSupplier columns, boolean coloured, boolean moving) {

  private static final int USUAL_COLUMNS = 80;

  /// No terminal: nothing is coloured, cut or written over.
  public static final TerminalLook NONE =
      new TerminalLook(() -> Integer.MAX_VALUE / 2, false, false);

  public static TerminalLook of(Console console, Terminal terminal) {
    boolean dumb = terminal.getType().startsWith(Terminal.TYPE_DUMB);
    return new TerminalLook(
        () -> terminal.getColumns() > 0 ? terminal.getColumns() : USUAL_COLUMNS,
        !dumb && console.variable("NO_COLOR").isEmpty(),
        !dumb);
  }

  /// The terminal on standard error; asks no library.
  public static TerminalLook of(Console console) {
    boolean dumb = console.variable("TERM").filter(term -> !term.startsWith("dumb")).isEmpty();
    return new TerminalLook(
        () -> console.size().columns(), !dumb && console.variable("NO_COLOR").isEmpty(), !dumb);
  }

  /// The columns that a line takes at the most, so that the cursor stays in it.
  public int width() {
    return Math.max(1, columns.getAsInt() - 1);
  }

  public String paint(Style style, String text) {
    return coloured ? style.of(text) : text;
  }

  /// The part of the text that fits on one line.
  String cut(String text) {
    return cut(text, width());
  }

  /// The text, or its beginning and `…`, on at most so many columns of a terminal.
  public static String cut(String text, int most) {
    if (columnsOf(text) <= most) {
      return text;
    }
    return isNarrow(text)
        ? text.substring(0, most - 1) + "…"
        : new AttributedString(text).columnSubSequence(0, most - 1) + "…";
  }

  /// How many columns of a terminal a text takes: an ideograph or an emoji takes two.
  public static int columnsOf(String text) {
    return isNarrow(text) ? text.length() : new AttributedString(text).columnLength();
  }

  /// Whether each character surely takes one column: ASCII, an ellipsis, Braille.
  private static boolean isNarrow(String text) {
    return text.chars()
        .allMatch(unit ->
            (unit >= ' ' && unit < 0x7F) || unit == '…' || (unit >= 0x2800 && unit < 0x2900));
  }
}
