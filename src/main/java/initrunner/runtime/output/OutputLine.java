package initrunner.runtime.output;

import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/// One line of a command's output. Taking out its secrets costs a hundred times as much as keeping
/// the line, so it happens on reading: a watcher reads only the lines that it shows. Immutable.
public final class OutputLine {

  private final byte[] content;
  private final UnaryOperator<String> redaction;

  OutputLine(byte[] content, UnaryOperator<String> redaction) {
    this.content = content;
    this.redaction = redaction;
  }

  /// The same line behind the name of the place that it came from.
  public OutputLine from(String place) {
    return new OutputLine(content, content -> place + "  " + redaction.apply(content));
  }

  /// The line without its end and without the known secrets, as UTF-8 with bad bytes replaced; of a
  /// very long line, the beginning and `…`. It still holds control characters.
  public String text() {
    return redaction.apply(new String(content, StandardCharsets.UTF_8));
  }
}
