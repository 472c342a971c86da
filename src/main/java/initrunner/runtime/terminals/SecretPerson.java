package initrunner.runtime.terminals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The person who answers where a program in a terminal asks for a password. Safe for many threads.
public interface SecretPerson {

  /// What a program asks.
  ///
  /// @param host where it runs, for a person
  /// @param command that the terminal was opened with
  /// @param askedBy the program in the foreground and its account, as the host says; empty where
  ///   that is not known
  /// @param shown the last lines of its screen, as the program wrote them; the last line asks
  /// @param patience how long the answer is waited for
  record Question(
      String host, String command, String askedBy, List<String> shown, Duration patience) {

    public Question {
      shown = List.copyOf(shown);
    }
  }

  /// Asks. Blocks, at most for the question's patience.
  ///
  /// @return the answer in UTF-8 without a line end, which the caller overwrites; empty if the
  ///   person gives none
  /// @throws InterruptedException if the thread is interrupted: the answer is not wanted any more
  Optional<byte[]> ask(Question question) throws InterruptedException;
}
