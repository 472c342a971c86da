package initrunner.launch;

import initrunner.exec.Command;
import java.time.Duration;

/// Asks the place where commands will run. Blocks until the answer is there; safe for many threads.
@FunctionalInterface
public interface Probe {

  /// What came of a question.
  ///
  /// @param status as `$?` would have it; 124 where the time was up
  /// @param stdout the beginning and the end of it, where it is long
  /// @param stderr the same
  record Answer(int status, String stdout, String stderr) {}

  /// Runs a command there to its end.
  ///
  /// @throws TransportException if it could not be started at all
  Answer ask(Command command, Duration bound);
}
