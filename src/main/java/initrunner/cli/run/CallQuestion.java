package initrunner.cli.run;

import initrunner.cli.console.TerminalSize;
import initrunner.text.SafeText;
import initrunner.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A call as a person who decides about it sees it. Each character can be told from every other.
/// Each line of the call has a bar in front, so that none can look like a question. It never takes
/// more than a screen: a longer call shows its beginning, its end, and the length between.
/// Immutable.
final class CallQuestion {

  private static final String BAR = "    │ ";

  /// The lines beside the call's own: those before them, the note, two lines of the question.
  private static final int OTHER_LINES = 6;

  private static final int LEAST_LINES = 4;
  private static final int MOST_LINES = 30;
  private static final int LEAST_COLUMNS = 20;

  /// Blanks in a row are shown as a number, so that they cannot push text out of sight; those
  /// before a line of several, where more are one.
  private static final int MOST_INDENTED = 24;

  private final String heading;
  private final List<String> lines = new ArrayList<>();
  private final TerminalSize size;

  CallQuestion(ToolCall call, String place, TerminalSize size) {
    this.size = size;
    String asked = "? " + SafeText.exact(call.tool()) + " on " + SafeText.exact(place) + ":";
    List<String> named = pieces(asked, columns(BAR));
    this.heading = named.getFirst();
    named.stream().skip(1).forEach(piece -> lines.add(BAR + piece));
    call.arguments().forEach((name, value) -> add(name, String.valueOf(value)));
  }

  private void add(String name, String value) {
    String[] written = value.split("\n", -1);
    if (written.length == 1) {
      addLine(withCountedBlanks(name + ": " + value));
      return;
    }
    addLine(withCountedBlanks(name) + ":");
    int empty = 0;
    for (String line : written) {
      if (line.isBlank()) {
        empty++;
        continue;
      }
      addEmpty(empty);
      empty = 0;
      addLine(indented(line));
    }
    addEmpty(empty);
  }

  private void addLine(String text) {
    pieces(text, columns(BAR)).forEach(piece -> lines.add(BAR + piece));
  }

  private void addEmpty(int count) {
    if (count == 1) {
      lines.add(BAR.stripTrailing());
    } else if (count > 1) {
      lines.add(BAR + "(" + count + " empty lines)");
    }
  }

  private int columns(String before) {
    return Math.max(LEAST_COLUMNS, size.columns() - before.length() - 2);
  }

  /// The text as it is shown, in pieces that fit on a line.
  private static List<String> pieces(String text, int columns) {
    String shown = SafeText.exact(text);
    List<String> pieces = new ArrayList<>();
    int begin = 0;
    int width = 0;
    for (int at = 0; at < shown.length(); ) {
      int character = shown.codePointAt(at);
      int wide = width(character);
      if (width + wide > columns) {
        pieces.add(shown.substring(begin, at));
        begin = at;
        width = 0;
      }
      width += wide;
      at += Character.charCount(character);
    }
    pieces.add(shown.substring(begin));
    return pieces;
  }

  /// The columns of a character or more: letters of East Asia and emoji take two.
  private static int width(int character) {
    return character < 0x1100 ? 1 : 2;
  }

  /// A line of several, such as of a program, whose indentation is part of its sense.
  private static String indented(String line) {
    int begin = line.length() - line.stripLeading().length();
    return begin <= MOST_INDENTED && line.startsWith(" ".repeat(begin))
        ? line.substring(0, begin) + withCountedBlanks(line.substring(begin))
        : withCountedBlanks(line);
  }

  private static String withCountedBlanks(String text) {
    StringBuilder counted = new StringBuilder();
    int blanks = 0;
    for (int at = 0; at <= text.length(); at++) {
      if (at < text.length() && text.charAt(at) == ' ') {
        blanks++;
        continue;
      }
      counted.append(blanks > 1 ? " (" + blanks + " blanks) " : " ".repeat(blanks));
      blanks = 0;
      if (at < text.length()) {
        counted.append(text.charAt(at));
      }
    }
    return counted.toString();
  }

  private int most() {
    return Math.clamp(size.rows() - OTHER_LINES, LEAST_LINES, MOST_LINES);
  }

  /// Whether [#shown] leaves lines out.
  boolean isCut() {
    return lines.size() > most();
  }

  /// At most a screen.
  List<String> shown() {
    List<String> shown = new ArrayList<>(List.of(heading));
    if (!isCut()) {
      shown.addAll(lines);
      return shown;
    }
    int last = Math.max(2, (most() - 1) / 3);
    int first = most() - 1 - last;
    List<String> between = lines.subList(first, lines.size() - last);
    int characters =
        between.stream().mapToInt(line -> Math.max(0, line.length() - BAR.length())).sum();
    shown.addAll(lines.subList(0, first));
    shown.add(
        String.format(
            Locale.ROOT,
            "  … %d lines (%d characters) are between; w shows them …",
            between.size(),
            characters));
    shown.addAll(lines.subList(lines.size() - last, lines.size()));
    return shown;
  }

  /// The whole call, of any length.
  List<String> whole() {
    List<String> whole = new ArrayList<>(List.of(heading));
    whole.addAll(lines);
    return whole;
  }
}
