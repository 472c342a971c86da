package initrunner.model.answer;

import java.io.IOException;

/// A server's answer exceeds the bound in bytes.
public final class AnswerTooLongException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String size;

  AnswerTooLongException(long mostBytes) {
    this.size = "longer than " + mostBytes / 1024 / 1024 + " MiB";
  }

  /// The bound, for a message.
  public String size() {
    return size;
  }
}
