package initrunner.runtime.terminals;

import initrunner.exec.Stdin;
import initrunner.screen.TerminalScreen;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Draws an agent's terminal on a person's: as many rows as fit above the last one, which says what
/// can be done. What the program wrote does not reach the person's terminal as it is. For one
/// thread.
final class AttachPainting {

  private static final String ESCAPE = "\u001b[";
  private static final String PLAIN = ESCAPE + "0m";
  private static final String TO_LINE_END = ESCAPE + "K";
  private static final String HIDDEN_CURSOR = ESCAPE + "?25l";
  private static final String NO_WRAP = ESCAPE + "?7l";
  private static final String WRAP = ESCAPE + "?7h";
  private static final String SHOWN_CURSOR = ESCAPE + "?25h";

  private Stdin.Terminal.Size size;
  private List<String> before = List.of();

  AttachPainting(Stdin.Terminal.Size size) {
    this.size = size;
  }

  Stdin.Terminal.Size size() {
    return size;
  }

  /// Draws all of it anew, in another size.
  void resize(Stdin.Terminal.Size to) {
    size = to;
    before = List.of();
  }

  /// The bytes that bring the person's terminal up to date.
  String next(TerminalScreen screen, String status) {
    TerminalScreen.Look look = screen.look(size.columns());
    int room = Math.max(1, size.rows() - 1);
    int first = Math.clamp(look.cursorRow() - room + 1L, 0, Math.max(0, look.rows().size() - 1));
    List<String> lines = new ArrayList<>();
    for (int row = first; row < Math.min(look.rows().size(), first + room); row++) {
      lines.add(line(look.rows().get(row)));
    }
    while (lines.size() < room) {
      lines.add("");
    }
    lines.add(ESCAPE + "7m" + SafeText.cut(SafeText.oneLine(status), size.columns()) + PLAIN);
    StringBuilder bytes = new StringBuilder(HIDDEN_CURSOR + NO_WRAP);
    if (before.isEmpty()) {
      bytes.append(ESCAPE).append("2J");
    }
    for (int i = 0; i < lines.size(); i++) {
      if (i >= before.size() || !before.get(i).equals(lines.get(i))) {
        bytes.append(at(i, 0)).append(lines.get(i)).append(TO_LINE_END);
      }
    }
    before = lines;
    int column = Math.min(look.cursorColumn(), size.columns() - 1);
    return bytes
        .append(at(look.cursorRow() - first, column))
        .append(WRAP + SHOWN_CURSOR)
        .toString();
  }

  private static String line(List<TerminalScreen.Part> parts) {
    return parts.stream()
        .map(part -> {
          String text = cells(part.text());
          return part.rendition().isEmpty() ? text : ESCAPE + part.rendition() + "m" + text + PLAIN;
        })
        .collect(Collectors.joining());
  }

  /// One character for each cell: a dot replaces what takes more room, or what a terminal obeys.
  private static String cells(String text) {
    StringBuilder cells = new StringBuilder();
    text.codePoints()
        .mapToObj(Character::toString)
        .map(cell -> SafeText.oneLine(cell).equals(cell) ? cell : "·")
        .forEach(cells::append);
    return cells.toString();
  }

  private static String at(int row, int column) {
    return ESCAPE + (row + 1) + ";" + (column + 1) + "H";
  }
}
