package initrunner.ssh;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The masters to one host, and the channels that calls take from them and give back.
///
/// Safe for any number of threads. One lock guards this object and its [MasterChannels]; it is
/// never held while anything is waited for but the lock's own condition. At most one login is under
/// way at a time, on a thread of its own, so that nobody's interrupt or deadline ends it for the
/// others.
final class MasterPool implements AutoCloseable {

  /// Callers of a full server get another connection only when this many are too few.
  private static final int MAX_MASTERS = 4;

  /// How long a caller waits for a session before another login is thought worth its price.
  private static final Duration FULL_PATIENCE = Duration.ofMillis(300);

  /// Without a deadline of its own, a caller does not wait longer than this for a first session.
  private static final Duration NO_SESSION_PATIENCE = Duration.ofSeconds(30);

  private static final Duration PROXY_BOUND = Duration.ofSeconds(5);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(15);

  private final SshTarget target;
  private final Map<String, String> environment;
  private final Optional<Duration> idleBound;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<MasterChannels> masters = new ArrayList<>();
  private Optional<Thread> login = Optional.empty();
  private Optional<TransportException> failure = Optional.empty();
  private int failuresInARow;
  private long loginsEnded;
  private int waiting;
  private boolean closed;

  MasterPool(SshTarget target, Map<String, String> environment) {
    this.target = target;
    this.environment = Map.copyOf(environment);
    this.idleBound = ControlPersist.idleBound(target.controlPersist());
  }

  /// A channel that is open and has nothing on it yet.
  record Lease(MasterChannels owner, ExecChannel channel) {}

  private sealed interface Grant {
    MasterChannels owner();

    record Spare(MasterChannels owner, OpeningChannel opening) implements Grant {}

    record Slot(MasterChannels owner, Optional<MuxSocket> socket) implements Grant {}
  }

  /// Logs in if nobody has, and waits for it.
  ///
  /// @throws TransportException if that did not work
  void open() {
    Lease lease = acquire(OptionalLong.empty());
    release(lease);
    prepareSpare(lease.owner());
  }

  /// Takes a channel, waiting for a login or a free session where there is none.
  ///
  /// @param deadline in terms of [System#nanoTime]
  /// @throws TransportException if there is none in time, or the thread is interrupted (whose flag
  ///   stays set): nothing was started
  Lease acquire(OptionalLong deadline) {
    while (true) {
      requireTime(deadline);
      Grant grant = grant(deadline);
      OpeningChannel opening;
      try {
        opening = opening(grant);
      } catch (IOException masterGone) {
        broken(grant.owner(), Optional.empty());
        continue;
      }
      try {
        Optional<Lease> lease = await(grant.owner(), opening, deadline);
        if (lease.isPresent()) {
          return lease.get();
        }
      } catch (IOException masterGone) {
        // Nothing was sent but the wish for a channel: the next round finds or makes another
        // master.
        broken(grant.owner(), Optional.of(opening.socket()));
      }
    }
  }

  private void requireTime(OptionalLong deadline) {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted();
    }
    if (deadline.isPresent() && deadline.getAsLong() <= System.nanoTime()) {
      throw tooLate();
    }
  }

  private OpeningChannel opening(Grant grant) throws IOException {
    return switch (grant) {
      case Grant.Spare(MasterChannels owner, OpeningChannel opening) -> opening;
      case Grant.Slot(MasterChannels owner, Optional<MuxSocket> socket) -> ask(owner, socket);
    };
  }

  private OpeningChannel ask(MasterChannels owner, Optional<MuxSocket> idle) throws IOException {
    MuxSocket socket =
        idle.isPresent()
            ? idle.get()
            : MuxSocket.connect(owner.connection().master().controlPath());
    return ask(owner, socket);
  }

  private OpeningChannel ask(MasterChannels owner, MuxSocket socket) throws IOException {
    int others;
    lock.lock();
    try {
      others = owner.inUse() - 1;
    } finally {
      lock.unlock();
    }
    return OpeningChannel.ask(socket, others);
  }

  private Optional<Lease> await(MasterChannels owner, OpeningChannel opening, OptionalLong deadline)
      throws IOException {
    return switch (opening.await(deadline)) {
      case OpeningChannel.Answer.Opened(ExecChannel channel) ->
          Optional.of(new Lease(owner, channel));
      case OpeningChannel.Answer.Refused refused -> {
        refused(owner, refused);
        yield Optional.empty();
      }
      case OpeningChannel.Answer.Pending() -> {
        leaveToReaper(owner, opening);
        yield Optional.empty();
      }
    };
  }

  /// The answer will come, and somebody must be there for it.
  private void leaveToReaper(MasterChannels owner, OpeningChannel opening) {
    Thread.ofVirtual()
        .name("initrunner-ssh-late-answer")
        .start(() -> {
          try {
            switch (opening.await(OptionalLong.empty())) {
              case OpeningChannel.Answer.Opened(ExecChannel channel) ->
                  release(new Lease(owner, channel));
              case OpeningChannel.Answer.Refused refused -> refused(owner, refused);
              case OpeningChannel.Answer.Pending() ->
                  throw new IllegalStateException("nobody interrupts this thread");
            }
          } catch (IOException masterGone) {
            broken(owner, Optional.of(opening.socket()));
          }
        });
  }

  /// Takes a channel if there is one to be had without waiting for a login or for other calls.
  ///
  /// @return empty if there is none, or the server did not answer in time
  Optional<Lease> acquireNow(OptionalLong deadline) {
    Optional<Grant> grant;
    lock.lock();
    try {
      grant = grantNow();
    } finally {
      lock.unlock();
    }
    if (grant.isEmpty()) {
      return Optional.empty();
    }
    MasterChannels owner = grant.get().owner();
    Optional<MuxSocket> socket = Optional.empty();
    try {
      OpeningChannel opening = opening(grant.get());
      socket = Optional.of(opening.socket());
      return await(owner, opening, deadline);
    } catch (IOException masterGone) {
      broken(owner, socket);
      return Optional.empty();
    }
  }

  /// Ends the lease's channel and opens another in its place, in the same session slot.
  ///
  /// @return empty if the server did not give it: the lease is at its end then
  Optional<Lease> exchange(Lease lease, OptionalLong deadline) {
    MuxSocket socket = lease.channel().end();
    try {
      return await(lease.owner(), ask(lease.owner(), socket), deadline);
    } catch (IOException masterGone) {
      broken(lease.owner(), Optional.of(socket));
      return Optional.empty();
    }
  }

  private Grant grant(OptionalLong deadline) {
    lock.lock();
    waiting++;
    try {
      long begin = System.nanoTime();
      long loginsSeen = loginsEnded;
      while (true) {
        if (closed) {
          throw of(Kind.LINK_DOWN, "the transport to '%s' is closed", "Open another.");
        }
        Optional<Grant> grant = grantNow();
        if (grant.isPresent()) {
          return grant.get();
        }
        if (!hasMaster() && loginsEnded > loginsSeen && failure.isPresent()) {
          throw failure.get();
        }
        long waited = System.nanoTime() - begin;
        if (!hasMaster() || (waited > FULL_PATIENCE.toNanos() && masters.size() < MAX_MASTERS)) {
          beginLogin();
        }
        pause(deadline, waited);
      }
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  private Optional<Grant> grantNow() {
    List<MasterChannels> usable = masters.stream().filter(MasterChannels::isUsable).toList();
    for (MasterChannels master : usable) {
      Optional<OpeningChannel> spare = master.takeSpare();
      if (spare.isPresent()) {
        return Optional.of(new Grant.Spare(master, spare.get()));
      }
    }
    for (MasterChannels master : usable) {
      if (master.reserve()) {
        return Optional.of(new Grant.Slot(master, master.takeIdle()));
      }
    }
    return Optional.empty();
  }

  private boolean hasMaster() {
    lock.lock();
    try {
      return masters.stream().anyMatch(MasterChannels::isUsable);
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  private void pause(OptionalLong deadline, long waited) {
    long bound = FULL_PATIENCE.toNanos();
    if (deadline.isPresent()) {
      bound = Math.min(bound, deadline.getAsLong() - System.nanoTime());
    }
    boolean hopeless =
        deadline.isEmpty()
            && waited > NO_SESSION_PATIENCE.toNanos()
            && masters.stream().allMatch(MasterChannels::isIdle);
    if (bound <= 0 || hopeless) {
      throw tooLate();
    }
    try {
      changed.awaitNanos(bound);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  private void beginLogin() {
    if (login.isEmpty() && !closed) {
      login = Optional.of(Thread.ofVirtual().name("initrunner-ssh-login").start(this::logIn));
    }
  }

  private void logIn() {
    Optional<MasterChannels> made = Optional.empty();
    Optional<TransportException> failed = Optional.empty();
    SshLink link = new SshLink(target);
    try {
      backOff();
      SshLink.Connection connection = link.current();
      MasterChannels channels =
          new MasterChannels(
              link, connection, SessionRequests.of(connection.configuration(), environment));
      channels.keepIdle(proxy(connection));
      made = Optional.of(channels);
    } catch (TransportException e) {
      failed = Optional.of(e);
    } catch (RuntimeException e) {
      failed = Optional.of(of(Kind.LINK_DOWN, "no connection to '%s': " + e, "See the log."));
    }
    lock.lock();
    try {
      login = Optional.empty();
      loginsEnded++;
      failure = failed;
      failuresInARow = failed.isPresent() ? failuresInARow + 1 : 0;
      made.filter(channels -> !closed).ifPresent(masters::add);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (failed.isPresent() || isClosed()) {
      link.close();
    } else if (idleBound.isPresent()) {
      endWhenIdle(made.get(), idleBound.get());
    }
  }

  /// A first socket, to see that the master takes any.
  private MuxSocket proxy(SshLink.Connection connection) {
    try {
      MuxSocket socket = MuxSocket.connect(connection.master().controlPath());
      socket.awaitProxy(PROXY_BOUND);
      return socket;
    } catch (IOException e) {
      throw of(
          Kind.NO_MULTIPLEXING,
          "the ssh client cannot share its connection to '%s' (" + e.getMessage() + ")",
          "Use OpenSSH 7.4 or later, or set transport: process in the role's ssh block.");
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Failures in a row make the next login wait, with jitter, so that a host that comes back is not
  /// met by all of its clients at once.
  private void backOff() {
    int failures;
    lock.lock();
    try {
      failures = failuresInARow;
    } finally {
      lock.unlock();
    }
    if (failures == 0) {
      return;
    }
    long bound =
        Math.min(MAX_BACKOFF.toNanos(), FIRST_BACKOFF.toNanos() << Math.min(failures - 1, 10));
    try {
      TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(bound / 2, bound));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// On the thread of the login, for as long as the master lives: what `ControlPersist` means is
  /// ours to do, because a master counts our sockets as use.
  private void endWhenIdle(MasterChannels channels, Duration bound) {
    long pause = bound.toNanos();
    while (pause > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      lock.lock();
      try {
        if (channels.hasEnded()) {
          return;
        }
        pause = channels.isIdle() ? bound.toNanos() - channels.idleNanos() : bound.toNanos();
        if (pause <= 0) {
          channels.retire();
        }
      } finally {
        lock.unlock();
      }
    }
    end(channels);
  }

  private void end(MasterChannels channels) {
    channels.link().close();
    lock.lock();
    try {
      masters.remove(channels);
      channels.masterEnded();
    } finally {
      lock.unlock();
    }
  }

  /// Asks for the next channel ahead of need, if nobody waits and the server is thought to have a
  /// session left: the answer comes while the command of this call runs.
  void prepareSpare(MasterChannels owner) {
    Optional<MuxSocket> idle;
    lock.lock();
    try {
      if (closed || waiting > 0 || !owner.isUsable() || owner.hasSpare() || !owner.reserve()) {
        return;
      }
      idle = owner.takeIdle();
    } finally {
      lock.unlock();
    }
    try {
      keepSpare(owner, ask(owner, idle));
    } catch (IOException masterGone) {
      broken(owner, idle);
    }
  }

  private void keepSpare(MasterChannels owner, OpeningChannel opening) {
    lock.lock();
    try {
      if (owner.hasEnded()) {
        owner.drop(opening.socket());
      } else {
        owner.keepSpare(opening);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends a channel and gives its session back; if callers wait, the next channel is asked for in
  /// the same write, so that the server sees the one end before it is asked for the other.
  void release(Lease lease) {
    MuxSocket socket = lease.channel().end();
    boolean wanted = isWanted() && lease.owner().isUsable();
    try {
      if (wanted) {
        keepSpare(lease.owner(), ask(lease.owner(), socket));
        return;
      }
      socket.flush();
    } catch (IOException masterGone) {
      broken(lease.owner(), Optional.of(socket));
      return;
    }
    lock.lock();
    try {
      lease.owner().free();
      lease.owner().keepIdle(socket);
      changed.signal();
    } finally {
      lock.unlock();
    }
    endIfUnused(lease.owner());
  }

  private boolean isWanted() {
    lock.lock();
    try {
      return waiting > 0;
    } finally {
      lock.unlock();
    }
  }

  private void refused(MasterChannels owner, OpeningChannel.Answer.Refused refused) {
    lock.lock();
    try {
      owner.refused(refused.others());
      owner.keepIdle(refused.socket());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// A socket of this master is at its end: the link is down, or its peer is no master. No call is
  /// put on this master any more; those that are on it find out by themselves, or end well, and the
  /// last one ends it.
  void broken(MasterChannels owner, Optional<MuxSocket> socket) {
    lock.lock();
    try {
      owner.retire();
      owner.free();
      socket.ifPresent(owner::drop);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    endIfUnused(owner);
  }

  private void endIfUnused(MasterChannels owner) {
    lock.lock();
    try {
      if (owner.isUsable() || owner.hasEnded() || !owner.isIdle() || !masters.remove(owner)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().name("initrunner-ssh-clean-up").start(() -> end(owner));
  }

  private TransportException tooLate() {
    if (!hasMaster()) {
      return of(
          Kind.CONNECT_TIMEOUT,
          "the connection to '%s' was not ready in time",
          "Give the command more time, or see what is slow: ssh -o BatchMode=yes -v {host} true");
    }
    return of(
        Kind.SESSION_LIMIT,
        "'%s' had no free session for the command in time (sshd's MaxSessions)",
        "Run fewer commands at once, or raise MaxSessions in the host's sshd_config.");
  }

  private TransportException interrupted() {
    return of(
        Kind.LINK_DOWN,
        "interrupted while waiting for a session on '%s'",
        "Nothing was started; run it again.");
  }

  private TransportException of(Kind kind, String message, String remedy) {
    return SshDiagnosis.of(kind, target.host(), message.replace("%s", target.host()), remedy);
  }

  /// Ends every master that we started. The calls on them are at their end then.
  @Override
  public void close() {
    List<MasterChannels> open;
    lock.lock();
    try {
      closed = true;
      open = List.copyOf(masters);
      login.ifPresent(Thread::interrupt);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    open.forEach(this::end);
  }
}
