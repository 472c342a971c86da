package initrunner.runtime.terminals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Takes secrets out of the lines of a screen, also those that the terminal has wrapped. Stateless.
final class RedactedLines {

  /// From here on most characters take two columns.
  private static final int FIRST_WIDE = 0x1100;

  private RedactedLines() {}

  /// The lines without secrets. Lines that one goes over become one line.
  ///
  /// @param columns that fit in a line
  static List<String> of(List<String> lines, int columns, UnaryOperator<String> redaction) {
    List<String> redacted = new ArrayList<>();
    List<String> wrapped = new ArrayList<>();
    for (String line : lines) {
      wrapped.add(line);
      if (width(line) < columns) {
        add(wrapped, redacted, redaction);
        wrapped.clear();
      }
    }
    add(wrapped, redacted, redaction);
    return redacted;
  }

  private static void add(List<String> wrapped, List<String> to, UnaryOperator<String> redaction) {
    String whole = String.join("", wrapped);
    String clean = redaction.apply(whole);
    if (clean.equals(whole)) {
      to.addAll(wrapped);
    } else if (!wrapped.isEmpty()) {
      to.add(clean);
    }
  }

  private static int width(String line) {
    return line.codePoints().map(each -> each < FIRST_WIDE ? 1 : 2).sum();
  }
}
