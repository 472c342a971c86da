package initrunner.cli.look;

import initrunner.cli.console.Screen;
import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A table for a person that fits a terminal: the widest of the columns that may be cut are cut
/// first. Immutable.
///
/// @param rows each with a cell for each column, of safe text
record Table(List<Column> columns, List<List<Span>> rows) {

  /// A column.
  ///
  /// @param least it is never cut to less; where it is at least as wide as the widest cell, it is
  ///   never cut
  record Column(String title, Align align, int least) {}

  enum Align {
    LEFT,
    RIGHT
  }

  Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /// @param most columns of the terminal
  void print(Screen screen, int most) {
    int[] widths =
        IntStream.range(0, columns.size())
            .map(i ->
                rows.stream()
                    .mapToInt(row -> TerminalLook.columnsOf(row.get(i).text()))
                    .reduce(columns.get(i).title().length(), Math::max))
            .toArray();
    int wide = IntStream.of(widths).sum() + 2 * (columns.size() - 1);
    int gap = wide <= most ? 2 : 1;
    shrink(widths, most - gap * (columns.size() - 1));
    screen.line(
        line(
            columns.stream().map(column -> new Span(Style.QUIET, column.title())).toList(),
            widths,
            gap));
    rows.forEach(row -> screen.line(line(row, widths, gap)));
  }

  private void shrink(int[] widths, int most) {
    while (IntStream.of(widths).sum() > most) {
      int widest = -1;
      for (int i = 0; i < widths.length; i++) {
        if (widths[i] > columns.get(i).least() && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0) {
        return;
      }
      widths[widest]--;
    }
  }

  private Span[] line(List<Span> cells, int[] widths, int gap) {
    List<Span> line = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      String text = TerminalLook.cut(cells.get(i).text(), widths[i]);
      String blank = " ".repeat(Math.max(0, widths[i] - TerminalLook.columnsOf(text)));
      boolean isLast = i == cells.size() - 1;
      if (columns.get(i).align() == Align.RIGHT) {
        line.add(Span.plain(blank));
      }
      line.add(new Span(cells.get(i).style(), text));
      if (!isLast) {
        boolean isLeft = columns.get(i).align() == Align.LEFT;
        line.add(Span.plain((isLeft ? blank : "") + " ".repeat(gap)));
      }
    }
    return line.toArray(Span[]::new);
  }
}
