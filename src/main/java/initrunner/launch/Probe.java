package initrunner.launch;

import initrunner.exec.Command;
import initrunner.text.SafeText;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Runs a command on the host before a role's commands run there. Blocks until it has ended; safe
/// for many threads.
@FunctionalInterface
public interface Probe {

  /// What the command said.
  ///
  /// @param status as in `$?`; 124 if the time was up
  /// @param stdout of a long output the beginning and the end
  /// @param stderr the same
  record Answer(int status, String stdout, String stderr) {

    /// The error output, or else the output, in one line.
    public String said() {
      return SafeText.said(stderr.isBlank() ? stdout : stderr);
    }

    /// The end of a message: a colon and what the command said; empty if it said nothing.
    public String because() {
      String said = said();
      return said.isEmpty() ? "" : ": " + said;
    }
  }

  /// A call id for a launcher's own call, which no other call on any host has.
  static String callId() {
    return Long.toHexString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
  }

  /// Runs a command on the host, and blocks for its answer.
  ///
  /// @throws TransportException if the command could not be started
  Answer ask(Command command, Duration bound);
}
