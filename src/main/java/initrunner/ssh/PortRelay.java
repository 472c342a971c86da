package initrunner.ssh;

import initrunner.exec.Ended;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.Deadline;
import initrunner.exec.transport.PortAddress;
import initrunner.exec.transport.StartedCommand;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.master.StreamPool;
import initrunner.ssh.mux.Patience;
import java.io.IOException;
import java.time.Duration;

/// One connection to a port at a time for each thread, over a master's control socket: nothing
/// listens on this machine. Safe for many threads.
record PortRelay(StreamPool pool, SshTarget target) {

  private static final Ended CLOSED = new Ended.Exited(0);

  /// See [initrunner.exec.transport.PortTransport#relay].
  ///
  /// @throws TransportException if there is no connection
  Outcome run(CallScope scope, PortAddress to, Stdin input, Limits limits, Sink sink) {
    long begin = System.nanoTime();
    Deadline deadline = Deadline.of(limits);
    StreamPool.Lease lease = pool.connect(to, new Patience(deadline, scope::isUnwanted));
    Ended ended;
    try {
      lease.channel().begin(input);
      ended = scope.await(new OnStream(lease), deadline, limits.killGrace(), sink).orElse(CLOSED);
    } catch (IOException linkDown) {
      lease.channel().closeInput();
      pool.broken(lease);
      ended =
          new Lost(
              "the connection to '%s' ended (%s)".formatted(target.host(), linkDown.getMessage()));
    } catch (RuntimeException | Error e) {
      pool.release(lease);
      throw e;
    }
    if (!(ended instanceof Lost)) {
      pool.release(lease);
    }
    return new Outcome(
        ended, lease.channel().output(), Duration.ofNanos(System.nanoTime() - begin));
  }

  private record OnStream(StreamPool.Lease lease) implements StartedCommand<IOException> {

    @Override
    public Wake await(Deadline deadline, Sink sink) throws IOException {
      return switch (lease.channel().await(deadline, sink)) {
        case OVER -> Wake.OVER;
        case TIME_UP -> Wake.TIME_UP;
        case INTERRUPTED -> Wake.INTERRUPTED;
        case CANCELLED -> Wake.CANCELLED;
      };
    }

    @Override
    public void cancel() {
      lease.channel().cancel();
    }

    /// The connection is all there is, and its end is ours to make.
    @Override
    public Stop stop(Duration grace, Sink sink) {
      return Stop.STOPPED;
    }
  }
}
