package initrunner.door.acp;

import initrunner.text.SafeWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/// Makes one message of a model safe to be shown, while it is written. For one thread at a time.
final class MessageText {

  private final StringWriter safe = new StringWriter();
  private final SafeWriter writer = SafeWriter.ofLines(safe);

  /// What can be shown after more text; a character whose form depends on the next one is kept
  /// back.
  String after(String more) {
    try {
      writer.write(more);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return taken();
  }

  /// What was kept back, at the message's end.
  String rest() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return taken();
  }

  private String taken() {
    String text = safe.toString();
    safe.getBuffer().setLength(0);
    return text;
  }
}
