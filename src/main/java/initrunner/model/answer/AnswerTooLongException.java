package initrunner.model.answer;

import java.io.IOException;

/// A server's answer has more bytes than one is read of.
public final class AnswerTooLongException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String size;

  AnswerTooLongException(long mostBytes) {
    this.size = "longer than " + mostBytes / 1024 / 1024 + " MiB";
  }

  /// As a message may have it.
  public String size() {
    return size;
  }
}
