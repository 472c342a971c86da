package initrunner.exec;

/// How a command ended. Every case is a value: none of them means that nothing was started (that is
/// a [TransportException]).
public sealed interface Ended {

  /// The command's own exit status, 127 and 255 included.
  record Exited(int status) implements Ended {}

  /// Ended by a signal.
  ///
  /// @param name without `SIG`, as in RFC 4254 section 6.10 (`TERM`, `KILL`, `SEGV`); `unknown`
  ///   where the far side did not say which
  record Signaled(String name) implements Ended {}

  /// Ended because it used more memory than it may: proven by whoever held it to that.
  ///
  /// @param status the exit status that came of it
  record OutOfMemory(int status) implements Ended {}

  /// Its time was up, so it was asked to stop.
  record TimedOut(Stop stop) implements Ended {}

  /// The caller was interrupted, so it was asked to stop.
  record Cancelled(Stop stop) implements Ended {}

  /// The link died after the command was sent. It may have run, and may still run. Never retried.
  ///
  /// @param reason what was seen of the link, for a person
  record Lost(String reason) implements Ended {}
}
