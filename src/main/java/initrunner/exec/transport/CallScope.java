package initrunner.exec.transport;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import java.util.function.Supplier;

/// One call to a transport, from its beginning to its end: a command, and what cleans up after it.
/// Closing the transport cancels the command, lets the clean-up run to its end, and waits until
/// this is closed. Used by one thread.
public final class CallScope implements AutoCloseable {

  private final CallsUnderWay calls;
  private final Transport transport;
  private volatile boolean cleansUp;
  private boolean closed;

  CallScope(CallsUnderWay calls, Transport transport) {
    this.calls = calls;
    this.transport = transport;
  }

  /// Runs one command to its end, as [Transport#run] does.
  ///
  /// @throws TransportException if nothing was started
  public Outcome run(Command command, Limits limits, Sink sink) {
    return transport.run(this, command, limits, sink);
  }

  /// Runs a command that cleans up. Neither an interrupt, before it or during it, nor the closing
  /// of the transport ends it; the caller is interrupted again when this returns.
  ///
  /// @throws TransportException if nothing was started
  public Outcome cleanUp(Command command, Limits limits, Sink sink) {
    cleansUp = true;
    try {
      return Uninterrupted.get(() -> transport.run(this, command, limits, sink));
    } finally {
      cleansUp = false;
    }
  }

  /// Whether the command that runs now is one that cleans up.
  public boolean cleansUp() {
    return cleansUp;
  }

  /// Whether no command of this call is to be started any more, because the transport is being
  /// closed.
  public boolean isUnwanted() {
    return calls.isClosing() && !cleansUp;
  }

  /// Waits for one process of this call, where closing the transport cancels it. See
  /// [LocalProcess#await].
  public LocalProcess.Wake await(LocalProcess process, Supplier<LocalProcess.Wake> waiting) {
    return cleansUp ? waiting.get() : calls.await(process, waiting);
  }

  /// Ends the call. A second time does nothing.
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      calls.ended();
    }
  }
}
