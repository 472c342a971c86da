package initrunner.agent;

import java.io.IOException;

/// A server's answer has more bytes than one is read of.
final class AnswerTooLongException extends IOException {

  private static final long serialVersionUID = 1L;

  AnswerTooLongException(long mostBytes) {
    super("longer than " + mostBytes / 1024 / 1024 + " MiB");
  }
}
