package initrunner.runtime;

import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/// A line of a command's output as it came. Its secrets are taken out when it is read, which takes
/// a hundred times as long as to keep it: a watcher reads the lines that it shows, no others.
/// Immutable.
public final class OutputLine {

  private final byte[] content;
  private final UnaryOperator<String> redaction;

  OutputLine(byte[] content, UnaryOperator<String> redaction) {
    this.content = content;
    this.redaction = redaction;
  }

  /// The line without its end and without the known secrets, as UTF-8 with bad bytes replaced. Of a
  /// very long line, its beginning and `…`. Control characters are still in it.
  public String text() {
    return redaction.apply(new String(content, StandardCharsets.UTF_8));
  }
}
