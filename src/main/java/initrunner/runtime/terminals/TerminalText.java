package initrunner.runtime.terminals;

import initrunner.exec.Ended;
import initrunner.exec.Stop;
import initrunner.screen.TerminalScreen;
import java.util.ArrayList;
import java.util.List;

/// Describes a terminal to a model. Stateless.
final class TerminalText {

  private static final int MOST_HIGHLIGHTED = 5;

  private TerminalText() {}

  /// All that a look at a terminal tells.
  ///
  /// @param state of the program, as a clause
  /// @param notes lines about the look itself
  /// @param most bytes of the lines that have left the screen
  static String of(
      String id,
      String state,
      List<String> notes,
      TerminalScreen.Left left,
      TerminalScreen.Shown shown,
      int most) {
    List<String> parts = new ArrayList<>();
    parts.add(
        "Terminal %s %s; the cursor is in line %d, column %d."
            .formatted(id, state, shown.cursorRow() + 1, shown.cursorColumn() + 1));
    parts.addAll(notes);
    if (left.count() > 0) {
      List<String> last = last(left.lines(), most);
      parts.add(
          (left.count() == 1 ? "1 line has" : left.count() + " lines have")
              + " scrolled off since the last look"
              + (last.size() < left.count() ? ", the last " + last.size() + " of them" : "")
              + ":");
      parts.addAll(last);
    }
    parts.add("Screen:");
    parts.addAll(shown.lines());
    if (!shown.highlighted().isEmpty()) {
      parts.add(
          "Highlighted: "
              + String.join(
                  " | ",
                  shown
                      .highlighted()
                      .subList(0, Math.min(MOST_HIGHLIGHTED, shown.highlighted().size()))));
    }
    return String.join("\n", parts);
  }

  private static List<String> last(List<String> lines, int most) {
    int from = lines.size();
    int bytes = 0;
    while (from > 0) {
      bytes += lines.get(from - 1).length() + 1;
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
