package initrunner.ssh;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.Deadline;
import initrunner.exec.transport.ProcessHunt;
import initrunner.exec.transport.ProcessHunt.Verdict;
import initrunner.exec.transport.Uninterrupted;
import initrunner.ssh.master.ChannelPool;
import initrunner.ssh.master.PooledMaster;
import initrunner.ssh.master.SecondSession;
import initrunner.ssh.mux.ExecChannel;
import initrunner.ssh.mux.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;

/// Stops the command on one channel and looks for the proof. Where the server gives a session more,
/// a hunt beside the command does both: it sees what belongs to the call before anything of it is
/// gone. Else TERM and then KILL go by the channel's own signals, which reach the command's process
/// group, and the hunt follows in the session that this frees.
///
/// One use, one thread. It gives the lease back, whatever becomes of it; interrupts do not end it,
/// and the flag is as before when it returns. It takes at most the grace and [#PROOF_BOUND].
final class RemoteStop {

  /// What the proof may take beyond the grace.
  static final Duration PROOF_BOUND = Duration.ofSeconds(10);

  /// How long a server that answers nothing is waited for.
  private static final Duration SIGN_BOUND = Duration.ofSeconds(4);

  private static final Duration DRAIN = Duration.ofMillis(200);
  private static final int LOOKS = 3;
  private static final Duration KILL_BOUND = Duration.ofSeconds(1);

  private final ChannelPool pool;
  private final ChannelPool.Lease lease;
  private final CallCookie cookie;
  private Sink sink;
  private Sink failedSink = Sink.DISCARD;
  private Deadline until = Deadline.NEVER;
  private Optional<Throwable> sinkFailure = Optional.empty();
  private boolean interrupted;

  /// @param sink takes what the command prints while it stops
  RemoteStop(ChannelPool pool, ChannelPool.Lease lease, CallCookie cookie, Sink sink) {
    this.pool = pool;
    this.lease = lease;
    this.cookie = cookie;
    this.sink = sink;
  }

  /// @param grace between TERM and KILL
  Stop stop(Duration grace) {
    until = Deadline.in(grace.plus(PROOF_BOUND));
    Stop stop = prove(grace);
    if (sinkFailure.isPresent()) {
      throw unchecked(sinkFailure.get());
    }
    return stop;
  }

  private static RuntimeException unchecked(Throwable sinkFailure) {
    if (sinkFailure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) sinkFailure;
  }

  private Stop prove(Duration grace) {
    interrupted = Thread.interrupted();
    try {
      lease.channel().ping();
      return switch (awaitSign()) {
        case OVER -> proveAfterEnd(grace);
        case ALIVE -> stopBeside(grace);
        case TIME_UP, INTERRUPTED, CANCELLED, SIGNAL_REFUSED -> stopUnheard();
      };
    } catch (IOException linkDown) {
      pool.broken(lease.owner(), Optional.of(lease.channel().socket()));
      return Stop.UNKNOWN;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private ExecChannel.Wake awaitSign() throws IOException {
    ExecChannel.Wake wake = await(lease.channel(), SIGN_BOUND);
    if (wake != ExecChannel.Wake.TIME_UP) {
      return wake;
    }
    // A slow sink has had its time: what is still under way must not hide the answer.
    sink = Sink.DISCARD;
    return await(lease.channel(), KILL_BOUND);
  }

  /// The link may come back: then the command gets the signals, but for the grace.
  private Stop stopUnheard() throws IOException {
    lease.channel().signal("TERM");
    lease.channel().signal("KILL");
    pool.release(lease);
    return Stop.UNKNOWN;
  }

  private Stop stopBeside(Duration grace) throws IOException {
    Verdict verdict = Verdict.NONE_FOUND;
    // The command may be on its way when it is looked for first.
    for (int look = 0; look < LOOKS && verdict.foundNothing(); look++) {
      Optional<ChannelPool.Lease> second = second();
      if (second.isEmpty()) {
        return stopBySignals(grace);
      }
      verdict = huntMeanwhile(second.get(), grace);
      if (lease.channel().ended().isPresent()) {
        break;
      }
    }
    if (verdict == Verdict.UNKNOWN || (verdict.foundNothing() && !isOverSoon())) {
      return stopBySignals(grace);
    }
    boolean over = isOverSoon();
    pool.release(lease);
    return over || verdict == Verdict.STILL_RUNNING ? verdict.stop() : Stop.UNKNOWN;
  }

  /// Serves the command's output while the hunt looks for it: it is not to be held up by its last
  /// words.
  private Verdict huntMeanwhile(ChannelPool.Lease on, Duration grace) throws IOException {
    ExecChannel channel = lease.channel();
    FutureTask<Verdict> hunting = new FutureTask<>(() -> hunt(on, grace));
    Thread hunter =
        Thread.ofVirtual()
            .name("initrunner-ssh-hunt")
            .start(() -> {
              hunting.run();
              channel.cancel();
            });
    try {
      ExecChannel.Wake wake = ExecChannel.Wake.CANCELLED;
      while (!hunting.isDone() && wake != ExecChannel.Wake.OVER) {
        wake = awaitOnce(channel, until, DRAIN, sink);
      }
    } finally {
      Uninterrupted.join(hunter);
    }
    return hunting.resultNow();
  }

  private Stop stopBySignals(Duration grace) throws IOException {
    if (signal(grace)) {
      return proveAfterEnd(grace);
    }
    Optional<ChannelPool.Lease> second = second();
    Verdict verdict = second.isPresent() ? hunt(second.get(), grace) : huntByClient(grace);
    boolean over = isOverSoon();
    pool.release(lease);
    if (over) {
      return verdict.stop();
    }
    return switch (verdict) {
      case NONE_FOUND, NONE_SEEN, STILL_RUNNING -> Stop.STILL_RUNNING;
      case STOPPED, FOUND_STOPPED, UNKNOWN -> Stop.UNKNOWN;
    };
  }

  private boolean signal(Duration grace) throws IOException {
    lease.channel().signal("TERM");
    return switch (await(lease.channel(), grace)) {
      case OVER -> true;
      case SIGNAL_REFUSED -> false;
      case TIME_UP, INTERRUPTED, CANCELLED, ALIVE -> {
        lease.channel().signal("KILL");
        yield isOverSoon();
      }
    };
  }

  /// The leader of the group is gone, and with it the session that the hunt needs is free.
  private Stop proveAfterEnd(Duration grace) throws IOException {
    Optional<ChannelPool.Lease> next =
        Uninterrupted.get(() -> pool.exchange(lease, Patience.of(left())));
    return (next.isPresent() ? hunt(next.get(), grace) : huntByClient(grace)).stop();
  }

  private Optional<ChannelPool.Lease> second() {
    try {
      return Uninterrupted.get(() -> pool.acquireNow(Patience.of(left())));
    } catch (TransportException noSocket) {
      return Optional.empty();
    }
  }

  private Verdict hunt(ChannelPool.Lease on, Duration grace) {
    Captured answer = new Captured(4096);
    try {
      on.channel().start(on.owner().requests(), on.line(hunter(grace)));
      // A hunter leaves nothing behind that could hold its output: the verdict is worth the wait.
      ExecChannel.Wake wake = await(on.channel(), left(), left(), answer);
      pool.release(on);
      return wake == ExecChannel.Wake.OVER
          ? ProcessHunt.verdict(answer.stdoutText())
          : Verdict.UNKNOWN;
    } catch (IOException linkDown) {
      pool.broken(on.owner(), Optional.of(on.channel().socket()));
      return Verdict.UNKNOWN;
    }
  }

  /// Every session is taken: an `ssh` of its own logs in for the hunt.
  private Verdict huntByClient(Duration grace) {
    PooledMaster owner = lease.owner();
    try {
      return Uninterrupted.get(() -> SecondSession.run(owner.master(), hunter(grace), left()))
          .map(answer -> ProcessHunt.verdict(answer.stdout()))
          .orElse(Verdict.UNKNOWN);
    } catch (TransportException noWay) {
      return Verdict.UNKNOWN;
    }
  }

  private Command hunter(Duration grace) {
    return ProcessHunt.command(cookie, lease.channel().begun(), grace);
  }

  private boolean isOverSoon() throws IOException {
    if (await(lease.channel(), KILL_BOUND) == ExecChannel.Wake.OVER) {
      return true;
    }
    // A slow sink has had its time: what is still under way must not hide the end.
    sink = Sink.DISCARD;
    return await(lease.channel(), KILL_BOUND) == ExecChannel.Wake.OVER;
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(1, until.nanosLeft()));
  }

  private ExecChannel.Wake await(ExecChannel channel, Duration bound) throws IOException {
    return await(channel, bound, DRAIN, sink);
  }

  /// Waits through interrupts: a stop that was begun is brought to its end.
  private ExecChannel.Wake await(ExecChannel channel, Duration bound, Duration drain, Sink output)
      throws IOException {
    Deadline end = until.orIn(bound);
    while (true) {
      ExecChannel.Wake wake = awaitOnce(channel, end, drain, output);
      switch (wake) {
        case INTERRUPTED, CANCELLED -> {
          // It is being stopped already.
        }
        case OVER, TIME_UP, SIGNAL_REFUSED, ALIVE -> {
          return wake;
        }
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very sink that failed gets nothing more
  private ExecChannel.Wake awaitOnce(
      ExecChannel channel, Deadline deadline, Duration drain, Sink output) throws IOException {
    try {
      ExecChannel.Wake wake =
          channel.await(deadline, drain, output == failedSink ? Sink.DISCARD : output);
      if (wake == ExecChannel.Wake.INTERRUPTED) {
        interrupted = true;
      }
      return wake;
    } catch (RuntimeException | Error e) {
      sinkFailure = Optional.of(e);
      failedSink = output;
      return channel.await(deadline, drain, Sink.DISCARD);
    }
  }
}
