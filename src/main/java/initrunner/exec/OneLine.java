package initrunner.exec;

import java.util.stream.Collectors;

/// Texts of several lines, as messages of one line have them. Stateless.
public final class OneLine {

  private OneLine() {}

  /// The lines that are not blank, without the blanks around them, with a semicolon between. Takes
  /// time in proportion to the text's length, whatever is in it.
  public static String of(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("; "));
  }
}
