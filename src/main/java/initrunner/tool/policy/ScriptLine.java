package initrunner.tool.policy;

import java.util.ArrayList;
import java.util.List;

/// A line of a shell script, joined with its continuation lines (after a backslash or within
/// quotes) and without its comment.
///
/// @param number of its first line, from 1
public record ScriptLine(int number, String text) {

  /// The lines that are not blank. Takes time in proportion to the length of the script.
  public static List<ScriptLine> of(String script) {
    List<ScriptLine> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int number = 1;
    int begin = 1;
    char quote = 0;
    for (int at = 0; at < script.length(); at++) {
      char c = script.charAt(at);
      if (c == '\n') {
        number++;
      }
      if (quote == 0 && c == '\n') {
        add(lines, begin, line);
        begin = number;
        continue;
      }
      if (quote == 0 && c == '#' && isAtStartOfWord(line)) {
        int end = script.indexOf('\n', at);
        at = (end < 0 ? script.length() : end) - 1;
        continue;
      }
      line.append(c);
      if (c == '\\' && quote != '\'' && at + 1 < script.length()) {
        char escaped = script.charAt(++at);
        number += escaped == '\n' ? 1 : 0;
        line.append(escaped);
      } else if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      }
    }
    add(lines, begin, line);
    return List.copyOf(lines);
  }

  private static boolean isAtStartOfWord(StringBuilder line) {
    return line.isEmpty() || " \t;&|()".indexOf(line.charAt(line.length() - 1)) >= 0;
  }

  private static void add(List<ScriptLine> lines, int number, StringBuilder line) {
    String text = line.toString().strip();
    if (!text.isEmpty()) {
      lines.add(new ScriptLine(number, text));
    }
    line.setLength(0);
  }
}
