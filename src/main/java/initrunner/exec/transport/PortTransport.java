package initrunner.exec.transport;

import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;

/// A transport that also makes connections from its host to ports. Its rules for calls hold for
/// them, too.
public interface PortTransport extends Transport {

  /// Connects to a port, sends what the input yields, and gives what comes back to the sink's
  /// standard output, until the far side has sent its end; that is `Exited(0)`. The end of the
  /// input is passed on, and does not end the connection. Nothing listens on this machine for it.
  ///
  /// Blocks; an interrupt, a timeout and [#close] end the connection.
  ///
  /// @param call of this transport, or of one that shares its calls
  /// @throws TransportException if there is no connection: nothing was sent. Its kind is
  ///   `PORT_CLOSED` where the port took none, and `PORT_FORBIDDEN` where the server forbids it
  /// @throws java.io.UncheckedIOException if the input cannot be read
  Outcome relay(CallScope call, PortAddress to, Stdin input, Limits limits, Sink sink);

  /// The same as a call of its own.
  default Outcome relay(PortAddress to, Stdin input, Limits limits, Sink sink) {
    try (CallScope call = call()) {
      return relay(call, to, input, limits, sink);
    }
  }

  /// Connects to a port, and ends the connection at once. Blocks as [#relay] does.
  ///
  /// @throws TransportException as [#relay] does
  void probe(PortAddress to, Limits limits);
}
