package initrunner.ssh;

import initrunner.exec.CallCookie;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.ProcessHunt;
import initrunner.exec.ProcessHunt.Verdict;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.Uninterrupted;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Stops the command on one channel and looks for the proof: TERM, then KILL, by the channel's own
/// signals, which reach its process group; then a hunt by the call's cookie, which finds what left
/// the group, and everything where the server delivers no signals.
///
/// One use, one thread. It gives the lease back, whatever becomes of it; interrupts do not end it,
/// and the flag is as before when it returns.
final class RemoteStop {

  private static final Duration DRAIN = Duration.ofMillis(200);
  private static final int LOOKS = 3;
  private static final Duration KILL_BOUND = Duration.ofSeconds(1);
  private static final Duration HUNT_BOUND = Duration.ofSeconds(20);

  private final MasterPool pool;
  private final MasterPool.Lease lease;
  private final CallCookie cookie;
  private Sink sink;
  private Optional<Throwable> sinkFailure = Optional.empty();
  private boolean interrupted;

  /// @param sink takes what the command prints while it stops
  RemoteStop(MasterPool pool, MasterPool.Lease lease, CallCookie cookie, Sink sink) {
    this.pool = pool;
    this.lease = lease;
    this.cookie = cookie;
    this.sink = sink;
  }

  /// @param grace between TERM and KILL
  Stop stop(Duration grace) {
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
      boolean over = signal(grace);
      if (over) {
        return proveAfterEnd(grace);
      }
      if (!lease.channel().answersSignals()) {
        // Not even a refusal came back: nobody answers on this link, and nobody would to a hunt.
        pool.release(lease);
        return Stop.UNKNOWN;
      }
      return huntBeside(grace);
    } catch (IOException linkDown) {
      pool.broken(lease.owner(), Optional.of(lease.channel().socket()));
      return Stop.UNKNOWN;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean signal(Duration grace) throws IOException {
    lease.channel().signal("TERM");
    return switch (await(lease.channel(), grace)) {
      case OVER -> true;
      case SIGNAL_REFUSED -> false;
      case TIME_UP, INTERRUPTED, CANCELLED -> {
        lease.channel().signal("KILL");
        yield isOverSoon();
      }
    };
  }

  /// The leader of the group is gone, and with it the session that the hunt needs is free.
  private Stop proveAfterEnd(Duration grace) throws IOException {
    Optional<MasterPool.Lease> next =
        Uninterrupted.get(() -> pool.exchange(lease, Patience.of(HUNT_BOUND)));
    Verdict verdict = next.isPresent() ? hunt(next.get(), grace) : huntByClient(grace);
    return switch (verdict) {
      case NONE_FOUND, STOPPED -> Stop.STOPPED;
      case STILL_RUNNING -> Stop.STILL_RUNNING;
      case UNKNOWN -> Stop.UNKNOWN;
    };
  }

  private Stop huntBeside(Duration grace) throws IOException {
    Verdict verdict = Verdict.NONE_FOUND;
    boolean over = false;
    // The command may be on its way when it is looked for first.
    for (int look = 0; look < LOOKS && verdict == Verdict.NONE_FOUND && !over; look++) {
      Optional<MasterPool.Lease> second = second();
      verdict = second.isPresent() ? hunt(second.get(), grace) : huntByClient(grace);
      over = isOverSoon();
    }
    pool.release(lease);
    return switch (verdict) {
      case STOPPED -> over ? Stop.STOPPED : Stop.UNKNOWN;
      case NONE_FOUND -> over ? Stop.STOPPED : Stop.STILL_RUNNING;
      case STILL_RUNNING -> Stop.STILL_RUNNING;
      case UNKNOWN -> Stop.UNKNOWN;
    };
  }

  private Optional<MasterPool.Lease> second() {
    try {
      return Uninterrupted.get(() -> pool.acquireNow(Patience.of(HUNT_BOUND)));
    } catch (TransportException noSocket) {
      return Optional.empty();
    }
  }

  private Verdict hunt(MasterPool.Lease on, Duration grace) {
    Captured answer = new Captured(4096);
    try {
      on.channel().start(on.owner().requests(), on.line(hunter(grace)));
      // A hunter leaves nothing behind that could hold its output: the verdict is worth the wait.
      ExecChannel.Wake wake = await(on.channel(), grace.plus(HUNT_BOUND), HUNT_BOUND, answer);
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
    MasterChannels owner = lease.owner();
    Duration bound = grace.plus(HUNT_BOUND);
    try {
      return Uninterrupted.get(() -> owner.link().beside(owner.connection(), hunter(grace), bound))
          .map(answer -> ProcessHunt.verdict(answer.stdout()))
          .orElse(Verdict.UNKNOWN);
    } catch (TransportException noWay) {
      return Verdict.UNKNOWN;
    }
  }

  private Command hunter(Duration grace) {
    return CallCookie.random().mark(ProcessHunt.command(cookie, grace));
  }

  private boolean isOverSoon() throws IOException {
    if (await(lease.channel(), KILL_BOUND) == ExecChannel.Wake.OVER) {
      return true;
    }
    // A slow sink has had its time: what is still under way must not hide the end.
    sink = Sink.DISCARD;
    return await(lease.channel(), KILL_BOUND) == ExecChannel.Wake.OVER;
  }

  private ExecChannel.Wake await(ExecChannel channel, Duration bound) throws IOException {
    try {
      return await(channel, bound, DRAIN, sink);
    } catch (RuntimeException | Error e) {
      sinkFailure = Optional.of(e);
      sink = Sink.DISCARD;
      return await(channel, bound, DRAIN, sink);
    }
  }

  /// Waits through interrupts: a stop that was begun is brought to its end.
  private ExecChannel.Wake await(ExecChannel channel, Duration bound, Duration drain, Sink output)
      throws IOException {
    OptionalLong deadline = OptionalLong.of(System.nanoTime() + bound.toNanos());
    while (true) {
      ExecChannel.Wake wake = channel.await(deadline, drain, output);
      switch (wake) {
        case INTERRUPTED -> interrupted = true;
        case CANCELLED -> {
          // It is being stopped already.
        }
        case OVER, TIME_UP, SIGNAL_REFUSED -> {
          return wake;
        }
      }
    }
  }
}
