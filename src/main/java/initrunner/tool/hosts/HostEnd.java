package initrunner.tool.hosts;

import initrunner.exec.Ended;
import initrunner.exec.TransportException;
import java.util.Optional;

/// What became of a command on one host.
public sealed interface HostEnd {

  /// It was started there.
  record Ran(Ended ended) implements HostEnd {}

  /// It could not be started there, so it did nothing.
  ///
  /// @param kind of the failure of the connection; empty for another
  /// @param remedy the next step
  record Refused(Optional<TransportException.Kind> kind, String message, String remedy)
      implements HostEnd {}

  /// It was not tried there.
  ///
  /// @param why as the rest of a sentence
  record NotTried(String why) implements HostEnd {}
}
