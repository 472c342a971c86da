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
import initrunner.exec.transport.StartedCommand.Wake;
import initrunner.exec.transport.Uninterrupted;
import initrunner.ssh.master.ChannelPool;
import initrunner.ssh.master.SecondSession;
import initrunner.ssh.mux.ExecChannel;
import initrunner.ssh.mux.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/// Stops the command on one channel and looks for the proof. Where the server gives a session more,
/// a hunt beside the command does both: it sees what belongs to the call before anything of it is
/// gone. Else TERM and then KILL go by the channel's own signals, which reach the command's process
/// group, and the hunt follows in the session that this frees.
///
/// One use, one thread. It gives the lease back, even where it fails; interrupts do not end it, and
/// the flag is as before when it returns. It takes at most the grace and [#PROOF_BOUND].
final class RemoteStop {

  /// What the proof may take beyond the grace.
  static final Duration PROOF_BOUND = Duration.ofSeconds(10);

  /// How long to wait for a server that answers nothing.
  private static final Duration SIGN_BOUND = Duration.ofSeconds(4);

  private static final Duration DRAIN = Duration.ofMillis(200);
  private static final int LOOKS = 3;
  private static final Duration KILL_BOUND = Duration.ofSeconds(1);

  private final ChannelPool pool;
  private final ChannelPool.Lease lease;
  private final CallCookie cookie;
  private final Duration grace;
  private Sink sink;
  private Deadline until = Deadline.NEVER;
  private boolean givenBack;
  private boolean interrupted;

  /// @param grace between TERM and KILL
  /// @param sink takes what the command prints while it stops; it throws nothing
  RemoteStop(
      ChannelPool pool, ChannelPool.Lease lease, CallCookie cookie, Duration grace, Sink sink) {
    this.pool = pool;
    this.lease = lease;
    this.cookie = cookie;
    this.grace = grace;
    this.sink = sink;
  }

  Stop stop() {
    interrupted = Thread.interrupted();
    try {
      until = Deadline.in(grace.plus(PROOF_BOUND));
      lease.channel().ping();
      return switch (awaitAnswer(SIGN_BOUND)) {
        case OVER -> proveAfterEnd();
        case ALIVE -> stopBeside();
        case TIME_UP, INTERRUPTED, CANCELLED, SIGNAL_REFUSED -> stopUnheard();
      };
    } catch (IOException linkDown) {
      drop();
      return Stop.UNKNOWN;
    } catch (RuntimeException | Error e) {
      drop();
      throw e;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void drop() {
    if (!givenBack) {
      pool.broken(lease);
    }
  }

  private void release() {
    givenBack = true;
    pool.release(lease);
  }

  /// The link may come back; then the command gets both signals, without the grace between them.
  private Stop stopUnheard() throws IOException {
    lease.channel().signal("TERM");
    lease.channel().signal("KILL");
    release();
    return Stop.UNKNOWN;
  }

  private Stop stopBeside() throws IOException {
    Verdict verdict = Verdict.NONE_FOUND;
    // The command may be on its way when it is looked for first.
    for (int look = 0; look < LOOKS && verdict.foundNothing(); look++) {
      Optional<Verdict> seen = serveDuring(this::huntBeside);
      if (seen.isEmpty()) {
        return stopBySignals();
      }
      verdict = seen.get();
      if (lease.channel().ended().isPresent()) {
        break;
      }
    }
    if (verdict == Verdict.UNKNOWN || (verdict.foundNothing() && !isOverSoon())) {
      return stopBySignals();
    }
    boolean over = isOverSoon();
    release();
    return over || verdict == Verdict.STILL_RUNNING ? verdict.stop() : Stop.UNKNOWN;
  }

  private Stop stopBySignals() throws IOException {
    if (signal()) {
      return proveAfterEnd();
    }
    Verdict verdict = serveDuring(() -> huntBeside().orElseGet(this::huntByClient));
    boolean over = isOverSoon();
    release();
    if (over) {
      return verdict.stop();
    }
    return switch (verdict) {
      case NONE_FOUND, NONE_SEEN, STILL_RUNNING -> Stop.STILL_RUNNING;
      case STOPPED, FOUND_STOPPED, UNKNOWN -> Stop.UNKNOWN;
    };
  }

  private boolean signal() throws IOException {
    lease.channel().signal("TERM");
    return switch (await(grace)) {
      case OVER -> true;
      case SIGNAL_REFUSED -> false;
      case TIME_UP, INTERRUPTED, CANCELLED, ALIVE -> {
        lease.channel().signal("KILL");
        yield isOverSoon();
      }
    };
  }

  /// The leader of the group is gone, and with it the session that the hunt needs is free.
  private Stop proveAfterEnd() {
    Verdict verdict =
        Uninterrupted.get(() -> {
          givenBack = true;
          return pool.exchange(lease, patience()).map(this::hunt).orElseGet(this::huntByClient);
        });
    return verdict.stop();
  }

  /// Hunts on another thread and serves the command's output meanwhile: a command that cannot write
  /// its last words does not end.
  private <T> T serveDuring(Callable<T> hunt) throws IOException {
    return Uninterrupted.get(
        hunt,
        lease.channel()::cancel,
        () ->
            switch (awaitOnce(until)) {
              case OVER -> Wake.OVER;
              case TIME_UP -> Wake.TIME_UP;
              case INTERRUPTED -> Wake.INTERRUPTED;
              case CANCELLED, SIGNAL_REFUSED, ALIVE -> Wake.CANCELLED;
            });
  }

  /// @return empty if the server has no session more
  private Optional<Verdict> huntBeside() {
    try {
      return pool.acquireNow(patience()).map(this::hunt);
    } catch (TransportException noSocket) {
      return Optional.empty();
    }
  }

  private Verdict hunt(ChannelPool.Lease on) {
    Captured answer = new Captured(4096);
    ExecChannel.Wake wake;
    try {
      on.channel().start(on.owner().requests(), on.line(hunter()));
      // A hunter leaves nothing behind that could hold its output: the verdict is worth the wait.
      wake = on.channel().await(until, left(), answer);
    } catch (IOException linkDown) {
      pool.broken(on);
      return Verdict.UNKNOWN;
    } catch (RuntimeException | Error e) {
      pool.broken(on);
      throw e;
    }
    pool.release(on);
    return wake == ExecChannel.Wake.OVER
        ? ProcessHunt.verdict(answer.stdoutText())
        : Verdict.UNKNOWN;
  }

  /// Every session is taken: an `ssh` of its own logs in for the hunt.
  private Verdict huntByClient() {
    return SecondSession.hunt(lease.owner().master(), hunter(), left());
  }

  private Command hunter() {
    return ProcessHunt.command(cookie, lease.channel().begun(), grace);
  }

  private boolean isOverSoon() throws IOException {
    return awaitAnswer(KILL_BOUND) == ExecChannel.Wake.OVER;
  }

  private ExecChannel.Wake awaitAnswer(Duration bound) throws IOException {
    ExecChannel.Wake wake = await(bound);
    if (wake == ExecChannel.Wake.OVER || wake == ExecChannel.Wake.ALIVE) {
      return wake;
    }
    // A slow sink has had its time: what is still under way must not hide the answer.
    sink = Sink.DISCARD;
    return await(KILL_BOUND);
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(1, until.nanosLeft()));
  }

  private Patience patience() {
    return Patience.of(left());
  }

  /// Waits through interrupts: a stop that was begun is brought to its end.
  private ExecChannel.Wake await(Duration bound) throws IOException {
    Deadline end = until.orIn(bound);
    while (true) {
      ExecChannel.Wake wake = awaitOnce(end);
      if (wake != ExecChannel.Wake.INTERRUPTED && wake != ExecChannel.Wake.CANCELLED) {
        return wake;
      }
    }
  }

  private ExecChannel.Wake awaitOnce(Deadline end) throws IOException {
    ExecChannel.Wake wake;
    try {
      wake = lease.channel().await(end, DRAIN, sink);
    } catch (UncheckedIOException inputUnreadable) {
      // The command does not get to read it any more.
      wake = lease.channel().await(end, DRAIN, sink);
    }
    interrupted |= wake == ExecChannel.Wake.INTERRUPTED;
    return wake;
  }
}
