package initrunner.cli.markdown;

import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Breaks a text into lines: between words, and inside one that is longer than a line. For one
/// text.
final class Wrapping {

  private static final Pattern PIECE = Pattern.compile(" +|[^ ]+");
  private static final Pattern CHARACTER = Pattern.compile("\\X");

  private final int columns;
  private final List<List<Span>> lines = new ArrayList<>();
  private List<Span> line = new ArrayList<>();
  private int used;
  private final List<Span> word = new ArrayList<>();
  private Optional<Style> blank = Optional.empty();

  private Wrapping(int columns) {
    this.columns = columns;
  }

  /// @param spans that are safe; [InlineText#BREAK] ends a line
  static List<List<Span>> lines(List<Span> spans, int columns) {
    Wrapping wrapping = new Wrapping(columns);
    for (Span span : spans) {
      if (span.equals(InlineText.BREAK)) {
        wrapping.endWord();
        wrapping.endLine();
      } else {
        PIECE
            .matcher(span.text())
            .results()
            .map(MatchResult::group)
            .forEach(piece -> wrapping.add(new Span(span.style(), piece)));
      }
    }
    wrapping.endWord();
    wrapping.endLine();
    return wrapping.lines;
  }

  static int width(List<Span> spans) {
    return spans.stream().mapToInt(span -> TerminalLook.columnsOf(span.text())).sum();
  }

  private void add(Span piece) {
    if (piece.text().startsWith(" ")) {
      endWord();
      blank = Optional.of(piece.style());
    } else {
      word.add(piece);
    }
  }

  private void endWord() {
    int width = width(word);
    if (width == 0) {
      return;
    }
    if (used > 0 && blank.isPresent()) {
      if (used + 1 + width > columns && width <= columns) {
        endLine();
      } else {
        put(new Span(blank.get(), " "), 1);
      }
    }
    for (Span span : word) {
      if (used + width <= columns) {
        put(span, TerminalLook.columnsOf(span.text()));
      } else {
        putInPieces(span);
      }
      width -= TerminalLook.columnsOf(span.text());
    }
    word.clear();
    blank = Optional.empty();
  }

  private void putInPieces(Span span) {
    CHARACTER
        .matcher(span.text())
        .results()
        .map(MatchResult::group)
        .forEach(character -> {
          int width = TerminalLook.columnsOf(character);
          if (used > 0 && used + width > columns) {
            endLine();
          }
          put(new Span(span.style(), character), width);
        });
  }

  private void put(Span span, int width) {
    used += width;
    if (!line.isEmpty() && line.getLast().style() == span.style()) {
      line.set(line.size() - 1, new Span(span.style(), line.getLast().text() + span.text()));
    } else {
      line.add(span);
    }
  }

  private void endLine() {
    if (!line.isEmpty()) {
      lines.add(line);
    }
    line = new ArrayList<>();
    used = 0;
    blank = Optional.empty();
  }
}
