package initrunner.exec.transport;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.transport.StartedCommand.Wake;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

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

  /// Whether this call must start no further command, because the transport is being closed.
  public boolean isUnwanted() {
    return calls.isClosing() && !cleansUp;
  }

  /// Waits until a command is over. Stops it when its time is up, when this thread is interrupted
  /// (whose flag is set again), when the transport is closed, and when the sink throws.
  ///
  /// @param grace between TERM and KILL
  /// @return how the call ended if the command was stopped; empty if it is over by itself
  public <E extends Exception> Optional<Ended> await(
      StartedCommand<E> command, Deadline deadline, Duration grace, Sink sink) throws E {
    Wake wake;
    try {
      wake = cleansUp ? command.await(deadline, sink) : calls.await(command, deadline, sink);
    } catch (RuntimeException | Error sinkFailed) {
      var _ = command.stop(grace, Sink.DISCARD);
      throw sinkFailed;
    }
    try {
      return switch (wake) {
        case OVER -> Optional.empty();
        case TIME_UP -> Optional.of(new TimedOut(stop(command, grace, sink)));
        case INTERRUPTED, CANCELLED -> Optional.of(new Cancelled(stop(command, grace, sink)));
      };
    } finally {
      if (wake == Wake.INTERRUPTED) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Stop stop(StartedCommand<?> command, Duration grace, Sink sink) {
    LastOutput output = new LastOutput(sink);
    Stop stop = command.stop(grace, output);
    output.requireTaken();
    return stop;
  }

  /// What a command prints while it is stopped: a sink that fails then must not keep it alive, and
  /// gets nothing more.
  private static final class LastOutput implements Sink {
    private final Sink sink;
    private Optional<Throwable> failure = Optional.empty();

    LastOutput(Sink sink) {
      this.sink = sink;
    }

    @Override
    public void stdout(ByteBuffer bytes) {
      give(bytes, sink::stdout);
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      give(bytes, sink::stderr);
    }

    private void give(ByteBuffer bytes, Consumer<ByteBuffer> taker) {
      if (failure.isEmpty()) {
        try {
          taker.accept(bytes);
        } catch (RuntimeException | Error e) {
          failure = Optional.of(e);
        }
      }
    }

    void requireTaken() {
      if (failure.isPresent()) {
        throw Uninterrupted.unchecked(failure.get());
      }
    }
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
