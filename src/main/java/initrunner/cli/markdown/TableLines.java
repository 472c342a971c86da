package initrunner.cli.markdown;

import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.node.Node;

/// The lines of a table. Where its columns do not fit beside each other, each row becomes a list of
/// its cells.
///
/// @param coloured false: marks that colours would replace stay
record TableLines(boolean coloured) {

  private static final String BETWEEN = " │ ";
  private static final int LEAST_WIDTH = 6;

  private record Cell(List<Span> text, TableCell.Alignment alignment) {

    static final Cell EMPTY = new Cell(List.of(), TableCell.Alignment.LEFT);
  }

  List<List<Span>> of(TableBlock table, int columns) {
    List<List<Cell>> rows = rows(table);
    int[] widths = widths(rows);
    int free = columns - BETWEEN.length() * (widths.length - 1);
    if (!fit(widths, free)) {
      return records(rows, columns);
    }
    List<List<Span>> lines = new ArrayList<>(row(rows.getFirst(), widths));
    lines.add(List.of(new Span(Style.QUIET, rule(widths))));
    rows.stream().skip(1).forEach(row -> lines.addAll(row(row, widths)));
    return lines;
  }

  /// Makes the widest columns smaller until all fit.
  private static boolean fit(int[] widths, int free) {
    while (IntStream.of(widths).sum() > free) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        widest = widths[i] > widths[widest] ? i : widest;
      }
      if (widths[widest] <= LEAST_WIDTH) {
        return false;
      }
      widths[widest]--;
    }
    return true;
  }

  private static int[] widths(List<List<Cell>> rows) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<Cell> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Wrapping.width(cell(row, i).text()));
      }
    }
    return widths;
  }

  private static Cell cell(List<Cell> row, int column) {
    return column < row.size() ? row.get(column) : Cell.EMPTY;
  }

  private static String rule(int[] widths) {
    StringBuilder rule = new StringBuilder();
    for (int width : widths) {
      rule.append(rule.isEmpty() ? "" : "─┼─").append("─".repeat(width));
    }
    return rule.toString();
  }

  private List<List<Cell>> rows(Node table) {
    List<List<Cell>> rows = new ArrayList<>();
    Optional<Node> next = Optional.ofNullable(table.getFirstChild());
    while (next.isPresent()) {
      if (next.get() instanceof TableRow row) {
        rows.add(cells(row));
      } else {
        rows.addAll(rows(next.get()));
      }
      next = next.map(Node::getNext);
    }
    return rows;
  }

  private List<Cell> cells(TableRow row) {
    List<Cell> cells = new ArrayList<>();
    Optional<Node> next = Optional.ofNullable(row.getFirstChild());
    while (next.isPresent()) {
      if (next.get() instanceof TableCell cell) {
        Style style = cell.isHeader() ? Style.HEADING : Style.PLAIN;
        cells.add(
            new Cell(
                new InlineText(coloured).of(cell, style, ""),
                Optional.ofNullable(cell.getAlignment()).orElse(TableCell.Alignment.LEFT)));
      }
      next = next.map(Node::getNext);
    }
    return cells;
  }

  private static List<List<Span>> row(List<Cell> row, int[] widths) {
    List<List<List<Span>>> cells = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      cells.add(Wrapping.lines(cell(row, i).text(), Math.max(1, widths[i])));
    }
    int height = Math.max(1, cells.stream().mapToInt(List::size).max().orElse(1));
    List<List<Span>> lines = new ArrayList<>();
    for (int at = 0; at < height; at++) {
      List<Span> line = new ArrayList<>();
      for (int i = 0; i < widths.length; i++) {
        if (i > 0) {
          line.add(new Span(Style.QUIET, BETWEEN));
        }
        List<Span> text = at < cells.get(i).size() ? cells.get(i).get(at) : List.of();
        boolean isLast = i == widths.length - 1;
        padded(text, widths[i], cell(row, i).alignment(), isLast, line);
      }
      lines.add(line);
    }
    return lines;
  }

  private static void padded(
      List<Span> text, int width, TableCell.Alignment alignment, boolean isLast, List<Span> to) {
    int free = Math.max(0, width - Wrapping.width(text));
    int before =
        switch (alignment) {
          case LEFT -> 0;
          case CENTER -> free / 2;
          case RIGHT -> free;
        };
    to.add(Span.plain(" ".repeat(before)));
    to.addAll(text);
    if (!isLast) {
      to.add(Span.plain(" ".repeat(free - before)));
    }
  }

  private static List<List<Span>> records(List<List<Cell>> rows, int columns) {
    List<Cell> names = rows.getFirst();
    List<List<Span>> lines = new ArrayList<>();
    for (List<Cell> row : rows.subList(1, rows.size())) {
      if (!lines.isEmpty()) {
        lines.add(List.of());
      }
      for (int i = 0; i < row.size(); i++) {
        List<Span> line = new ArrayList<>(cell(names, i).text());
        line.add(Span.plain(": "));
        line.addAll(row.get(i).text());
        lines.addAll(Wrapping.lines(line, columns));
      }
    }
    return lines.isEmpty()
        ? names.stream().flatMap(cell -> Wrapping.lines(cell.text(), columns).stream()).toList()
        : lines;
  }
}
