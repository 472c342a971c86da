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

  public String paint(Style style, String text) {
    return coloured ? style.of(text) : text;
  }

  /// The part of the text that fits on one line.
  String cut(String text) {
    AttributedString whole = new AttributedString(text);
    int most = columns.getAsInt() - 1;
    return whole.columnLength() <= most ? text : whole.columnSubSequence(0, most - 1) + "…";
  }
}
