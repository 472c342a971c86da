package initrunner.ssh.client;

import java.util.Arrays;

/// What came of a [LoginQuestion].
public sealed interface LoginAnswer {

  /// The person answered. Not safe for many threads.
  final class Given implements LoginAnswer, AutoCloseable {

    private final byte[] text;

    /// @param text without a line end; belongs to this from now on
    public Given(byte[] text) {
      this.text = text;
    }

    /// The answer itself, not a copy.
    byte[] text() {
      return text;
    }

    /// Overwrites the answer.
    @Override
    public void close() {
      Arrays.fill(text, (byte) 0);
    }
  }

  /// The person wants to give no answer.
  record Declined() implements LoginAnswer {}

  /// The person gave none in time.
  record Late() implements LoginAnswer {}
}
