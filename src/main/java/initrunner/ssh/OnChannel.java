package initrunner.ssh;

import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.Deadline;
import initrunner.exec.transport.StartedCommand;
import initrunner.ssh.master.ChannelPool;
import initrunner.ssh.mux.ProtocolException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// A command that was sent on a channel.
///
/// @param untried its input, where the login shell was not asked what it understands
record OnChannel(
    ChannelPool pool, ChannelPool.Lease lease, CallCookie cookie, Optional<InputWhenReady> untried)
    implements StartedCommand<IOException> {

  private static final Duration DRAIN = Duration.ofMillis(200);

  /// A login shell whose rc files wait for something does not hold its call for ever.
  private static final Duration READY_BOUND = Duration.ofSeconds(5);

  /// A shell that is not ready in time gets no command, so it is over.
  @Override
  public Wake await(Deadline deadline, Sink sink) throws IOException {
    if (untried.isEmpty()) {
      return awaitEnd(deadline, sink);
    }
    Wake wake = awaitEnd(deadline.orIn(READY_BOUND), sink);
    if (wake != Wake.TIME_UP || deadline.isPast()) {
      return wake;
    }
    return withhold() ? Wake.OVER : awaitEnd(deadline, sink);
  }

  private Wake awaitEnd(Deadline deadline, Sink sink) throws IOException {
    return switch (lease.channel().await(deadline, DRAIN, sink)) {
      case OVER -> Wake.OVER;
      case TIME_UP -> Wake.TIME_UP;
      case INTERRUPTED -> Wake.INTERRUPTED;
      case CANCELLED -> Wake.CANCELLED;
      case SIGNAL_REFUSED, ALIVE ->
          throw new ProtocolException("an answer to a request that was never sent");
    };
  }

  @Override
  public void cancel() {
    lease.channel().cancel();
  }

  @Override
  public Stop stop(Duration grace, Sink sink) {
    var _ = withhold();
    return new RemoteStop(pool, lease, cookie, grace, sink).stop();
  }

  /// Gives the login shell no command from now on, if it has none yet.
  ///
  /// @return whether it has none: nothing was started, nor will be
  boolean withhold() {
    return untried.filter(InputWhenReady::withhold).isPresent();
  }
}
