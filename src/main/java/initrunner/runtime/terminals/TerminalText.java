package initrunner.runtime.terminals;

import static java.nio.charset.StandardCharsets.UTF_8;

import initrunner.exec.Ended;
import initrunner.exec.Stop;
import initrunner.screen.TerminalScreen;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Describes a terminal to a model. Stateless.
final class TerminalText {

  private static final int MOST_HIGHLIGHTED = 5;

  /// The clause for one that InitRunner could not follow to its end.
  static final String FAILED =
      "has failed: InitRunner could not show it; whether its program stopped is unknown";

  private TerminalText() {}

  /// What there is to see.
  ///
  /// @param redaction takes secrets out of a text
  record Screen(
      TerminalScreen.ScrolledOff scrolledOff,
      TerminalScreen.Shown shown,
      int columns,
      UnaryOperator<String> redaction) {

    List<String> redacted(List<String> lines) {
      return RedactedLines.of(lines, columns, redaction);
    }
  }

  /// All that a look at a terminal tells.
  ///
  /// @param state of the program, as a clause
  /// @param notes lines about the look itself
  /// @param most bytes of the lines that have scrolled off
  static String of(String id, String state, List<String> notes, Screen screen, int most) {
    TerminalScreen.ScrolledOff off = screen.scrolledOff();
    TerminalScreen.Shown shown = screen.shown();
    List<String> parts = new ArrayList<>();
    parts.add(
        "Terminal %s %s; the cursor is in line %d, column %d."
            .formatted(id, state, shown.cursorRow() + 1, shown.cursorColumn() + 1));
    parts.addAll(notes);
    if (off.count() > 0) {
      List<String> last = last(screen.redacted(off.lines()), most);
      parts.add(
          (off.count() == 1 ? "1 line has" : off.count() + " lines have")
              + " scrolled off since the last look"
              + (last.size() < off.count() ? ", the last " + last.size() + " of them" : "")
              + ":");
      parts.addAll(last);
    }
    List<String> lines = screen.redacted(shown.lines());
    parts.add("Screen, " + (lines.size() == 1 ? "1 line:" : lines.size() + " lines:"));
    parts.addAll(lines);
    if (!shown.highlighted().isEmpty()) {
      parts.add(
          "Highlighted: "
              + shown.highlighted().stream()
                  .limit(MOST_HIGHLIGHTED)
                  .map(screen.redaction())
                  .collect(Collectors.joining(" | ")));
    }
    return String.join("\n", parts);
  }

  private static List<String> last(List<String> lines, int most) {
    int from = lines.size();
    int bytes = 0;
    while (from > 0) {
      bytes += lines.get(from - 1).getBytes(UTF_8).length + 1;
      if (bytes > most) {
        break;
      }
      from--;
    }
    return lines.subList(from, lines.size());
  }

  /// How a program ended, as a clause.
  static String end(Ended ended, String host) {
    return switch (ended) {
      case Ended.Exited(int status) -> "has ended with exit code " + status;
      case Ended.Signaled(String name) -> "was ended by signal " + name;
      case Ended.OutOfMemory _ -> "was ended because it used more memory than its sandbox allows";
      case Ended.TimedOut(Stop stop) -> "was closed because its time was up; " + proof(stop, host);
      case Ended.Cancelled(Stop stop) -> "was closed; " + proof(stop, host);
      case Ended.Lost(String reason) ->
          "is gone: the connection to "
              + host
              + " was lost ("
              + reason
              + "), and its program may still run";
    };
  }

  private static String proof(Stop stop, String host) {
    return switch (stop) {
      case STOPPED -> "its program was stopped";
      case STILL_RUNNING -> "its program is still running on " + host;
      case UNKNOWN -> "whether its program stopped is unknown";
    };
  }
}
