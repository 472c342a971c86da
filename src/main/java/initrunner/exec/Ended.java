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

  /// The command used more memory than its limit, as the launcher or the scheduler proved.
  ///
  /// @param status its exit status
  record OutOfMemory(int status) implements Ended {}

  /// The timeout passed, and the transport asked the command to stop.
  record TimedOut(Stop stop) implements Ended {}

  /// The caller was interrupted, and the transport asked the command to stop.
  record Cancelled(Stop stop) implements Ended {}

  /// The link died after the command was sent. It may have run, and may still run. Never retried.
  ///
  /// @param reason what the transport saw of the link, for a person
  record Lost(String reason) implements Ended {}
}
