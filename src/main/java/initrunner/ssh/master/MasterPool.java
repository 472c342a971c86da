package initrunner.ssh.master;

import initrunner.exec.TransportException;
import initrunner.exec.transport.SearchPath;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.ControlPersist;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.OpeningChannel;
import initrunner.ssh.mux.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// The masters to one host, from their login to their end, and who may use them. [PoolLock] has the
/// rules of its lock.
///
/// At most one login is under way, on a thread of its own, for all who wait: the interrupt or the
/// deadline of one of them ends the wait of that one only. Safe for any number of threads.
public final class MasterPool implements AutoCloseable {

  /// Callers of a full server get another connection only while there are fewer than this.
  private static final int MAX_MASTERS = 4;

  /// Each master may have ended unnoticed before a call comes; two logins more are tried then.
  public static final int MOST_LOST = MAX_MASTERS + 2;

  /// How long a caller waits for a session before another login is worth its price.
  private static final Duration FULL_PATIENCE = Duration.ofMillis(300);

  /// Without a deadline of its own, a caller does not wait longer for a master's first session.
  private static final Duration NO_SESSION_PATIENCE = Duration.ofSeconds(30);

  private final PoolLock lock = new PoolLock();
  private final SshTarget target;
  private final LoginAttempts attempts;
  private final Optional<AskedLogins> logins;
  private final Optional<Duration> idleBound;
  private final List<PooledMaster> masters = new ArrayList<>();
  private final Background background = new Background(lock);
  private Optional<Thread> loggingIn = Optional.empty();
  private boolean beginning;
  private Optional<TransportException> failure = Optional.empty();
  private long loginsEnded;

  /// The number of ended logins at the begin of a login whose end no caller knows yet.
  private OptionalLong begunAfter = OptionalLong.empty();

  private int waiting;
  private boolean closed;

  private MasterPool(
      SshTarget target,
      String searchPath,
      Optional<Map<String, String>> environment,
      Optional<AskedLogins> logins) {
    this.target = target;
    this.logins = logins;
    attempts = new LoginAttempts(target, searchPath, environment);
    idleBound = environment.flatMap(_ -> ControlPersist.idleBound(target.controlPersist()));
  }

  /// Masters that commands reach over their sockets.
  ///
  /// @param environment of this process, out of which `SendEnv` picks
  /// @param logins by which a login may ask a person; empty where none may
  static MasterPool forChannels(
      SshTarget target, Map<String, String> environment, Optional<AskedLogins> logins) {
    return new MasterPool(target, SearchPath.own(), Optional.of(environment), logins);
  }

  /// Masters that commands reach by an `ssh` process for each.
  ///
  /// @param searchPath where `ssh` is looked for, a list like `PATH`
  /// @param logins by which a login may ask a person; empty where none may
  public static MasterPool forProcesses(
      SshTarget target, String searchPath, Optional<AskedLogins> logins) {
    return new MasterPool(target.withKnownShell(), searchPath, Optional.empty(), logins);
  }

  PoolLock lock() {
    return lock;
  }

  /// Starts to log in where there is no master, and returns when the login waits for the network:
  /// what the caller does next must not slow it down. A failure is the next caller's; an interrupt
  /// ends the wait.
  void begin() {
    lock.withLock(() -> {
      if (!hasMaster()) {
        begunAfter = OptionalLong.of(loginsEnded);
        beginLogin();
        while (beginning && lock.awaitChange(Long.MAX_VALUE)) {}
      }
    });
  }

  /// Logs in where there is no master, and waits for that as long as `ssh` takes.
  ///
  /// @throws TransportException if that did not work, or the thread is interrupted (whose flag
  ///   stays set)
  public void connect() {
    lock.withLock(() -> {
      long seen = loginsSeen();
      requireHope(seen);
      while (!hasMaster()) {
        beginLogin();
        if (!lock.awaitChange(Long.MAX_VALUE) || closed) {
          throw SshDiagnosis.interrupted(target);
        }
        requireHope(seen);
      }
    });
  }

  /// A session for one `ssh` process, until [#giveBack] or [#refused]. Waits as [#grant] does.
  ///
  /// @throws TransportException as of [#grant]
  public PooledMaster borrow(Patience patience, long since) {
    return grant(patience, since).owner();
  }

  /// How many sessions are in use on this master besides the caller's own.
  public int others(PooledMaster owner) {
    return lock.locked(() -> owner.inUse() - 1);
  }

  /// The right to a session. Waits for a login or a free session where there is none.
  ///
  /// @param since when the caller began to wait for a session, what it was refused meanwhile
  ///   included
  /// @throws TransportException if there is none in time or none is wanted any more, or the thread
  ///   is interrupted (whose flag stays set)
  Grant grant(Patience patience, long since) {
    return lock.locked(() -> {
      waiting++;
      try {
        return await(Grant::on, patience, since);
      } finally {
        waiting--;
      }
    });
  }

  /// Waits until a master gives what is wanted. The lock is held before and after.
  <T> T await(Function<List<PooledMaster>, Optional<T>> wanted, Patience patience, long since) {
    long loginsSeen = loginsSeen();
    while (true) {
      requireHope(loginsSeen);
      Optional<T> given = wanted.apply(usable());
      if (given.isPresent()) {
        return given.get();
      }
      long waited = System.nanoTime() - since;
      boolean full = waited > FULL_PATIENCE.toNanos() && mayHaveMore();
      if (!hasMaster() || full) {
        beginLogin();
      }
      pause(patience, waited);
    }
  }

  /// A person who has answered for one connection is not asked again for one more.
  private boolean mayHaveMore() {
    return masters.size() < MAX_MASTERS && !hasAsked();
  }

  private boolean hasAsked() {
    return logins.filter(AskedLogins::hasAsked).isPresent();
  }

  /// The same if it is there without waiting for a login or for other calls.
  Optional<Grant> grantNow() {
    return lock.locked(() -> Grant.on(usable()));
  }

  /// A session for a spare channel, if no caller waits for one and the server is thought to have
  /// one left. Then [PooledMaster#spareAsked] follows.
  Optional<Grant.Slot> slotForSpare(PooledMaster owner) {
    return lock.locked(() -> {
      boolean wanted = !closed && waiting == 0 && owner.isUsable() && owner.spares() == 0;
      return wanted && owner.reserveForSpare()
          ? Optional.of(new Grant.Slot(owner, owner.takeIdle()))
          : Optional.empty();
    });
  }

  private void pause(Patience patience, long waited) {
    lock.requireHeld();
    if (patience.isUnwanted()) {
      throw SshDiagnosis.closed(target);
    }
    long pause = Math.min(FULL_PATIENCE.toNanos(), Grant.refusalPauseNanos(usable()));
    long bound = Math.min(pause, patience.nanos());
    boolean hopeless =
        !patience.deadline().comes()
            && waited > NO_SESSION_PATIENCE.toNanos()
            && hasMaster()
            && masters.stream().allMatch(PooledMaster::isIdle);
    if (bound <= 0 || hopeless) {
      throw tooLate();
    }
    if (!lock.awaitChange(bound)) {
      throw hasMaster() ? SshDiagnosis.noSessionWanted(target) : SshDiagnosis.interrupted(target);
    }
  }

  private List<PooledMaster> usable() {
    lock.requireHeld();
    return masters.stream().filter(PooledMaster::isUsable).toList();
  }

  /// How many attempts to log in had ended when the one was begun whose end the caller is to know.
  private long loginsSeen() {
    lock.requireHeld();
    long seen = begunAfter.orElse(loginsEnded);
    begunAfter = OptionalLong.empty();
    return seen;
  }

  /// @param loginsSeen when the caller came
  private void requireHope(long loginsSeen) {
    lock.requireHeld();
    if (closed) {
      throw SshDiagnosis.closed(target);
    }
    if (!hasMaster() && loginsEnded > loginsSeen && failure.isPresent()) {
      throw failure.get();
    }
  }

  boolean hasMaster() {
    return lock.locked(() -> !usable().isEmpty());
  }

  /// Why a caller has no channel when its time is up.
  TransportException tooLate() {
    return lock.locked(() -> Grant.tooLate(usable(), target, hasAsked()));
  }

  /// Whether a spare is to be asked for in the session of a channel that ends: more callers wait
  /// than there are spares. Then [PooledMaster#spareAsked] follows.
  boolean wantsSpare(PooledMaster owner) {
    return lock.locked(() -> {
      boolean wanted = owner.isUsable() && waiting > spares();
      if (wanted) {
        owner.askForSpare();
      }
      return wanted;
    });
  }

  /// How many spares there are, those included that are being asked for.
  int spares() {
    return lock.locked(() -> usable().stream().mapToInt(PooledMaster::spares).sum());
  }

  /// Makes every caller that waits look whether it still wants a session.
  public void wakeWaiting() {
    lock.withLock(lock::signalAll);
  }

  /// Gives a session back.
  ///
  /// @param socket it was on, if there was one
  public void giveBack(PooledMaster owner, Optional<MuxSocket> socket) {
    lock.withLock(() -> {
      owner.free();
      socket.ifPresent(owner::keepIdle);
      lock.signalOne();
      endIfUnused(owner);
    });
  }

  /// The server had no session for one that was reserved.
  ///
  /// @param others how many others were in use when it was asked for
  /// @param socket on which it was asked for, if there was one
  public void refused(PooledMaster owner, int others, Optional<MuxSocket> socket) {
    lock.withLock(() -> {
      owner.refused(others);
      socket.ifPresent(owner::keepIdle);
      lock.signalAll();
      endIfUnused(owner);
    });
  }

  /// No call is put on this master any more; those that are on it find out by themselves, or end
  /// well, and the last one ends it.
  public void retire(PooledMaster owner) {
    lock.withLock(() -> {
      owner.retire();
      lock.signalAll();
    });
  }

  /// A socket of this master is at its end: the link is down, or its peer is no master.
  void broken(PooledMaster owner, Optional<MuxSocket> socket) {
    lock.withLock(() -> {
      owner.retire();
      owner.free();
      socket.ifPresent(owner::drop);
      lock.signalAll();
      endIfUnused(owner);
    });
  }

  /// Leaves a session with its channel to the next caller.
  void keepSpare(PooledMaster owner, OpeningChannel opening) {
    lock.withLock(() -> {
      if (owner.hasEnded()) {
        owner.drop(opening.socket());
      } else {
        owner.keepSpare(opening);
        lock.signalOne();
      }
      endIfUnused(owner);
    });
  }

  /// Ends a master that takes no calls any more, once the last one is over.
  void endIfUnused(PooledMaster owner) {
    if (!owner.isUsable() && owner.isUnused()) {
      endOnce(owner);
    }
  }

  /// Ends a master, unless that was begun already: so [#close] finds either the master or the
  /// thread that ends it. A process that can have no thread for it keeps the master.
  void endOnce(PooledMaster owner) {
    lock.requireHeld();
    if (masters.contains(owner)) {
      try {
        var _ = background.start("initrunner-ssh-clean-up", () -> end(owner));
        masters.remove(owner);
      } catch (OutOfMemoryError noThread) {
        System.getLogger(MasterPool.class.getName())
            .log(System.Logger.Level.DEBUG, "no thread to end a master", noThread);
      }
    }
  }

  private void end(PooledMaster owner) {
    try {
      owner.master().close();
    } finally {
      lock.withLock(owner::masterEnded);
    }
  }

  /// Starts an attempt to log in, unless one is under way.
  private void beginLogin() {
    lock.requireHeld();
    if (loggingIn.isEmpty() && !closed) {
      loggingIn = Optional.of(background.start("initrunner-ssh-login", this::logIn));
      beginning = true;
    }
  }

  private void logIn() {
    Optional<PooledMaster> made = Optional.empty();
    Optional<TransportException> failed = Optional.empty();
    try {
      made = Optional.of(loggedIn());
    } catch (RuntimeException | Error e) {
      failed = Optional.of(attempts.failed(e));
    }
    if (ended(made, failed)) {
      made.ifPresent(master -> idleBound.ifPresent(bound -> IdleWatch.start(master, this, bound)));
    } else {
      made.ifPresent(this::end);
    }
  }

  /// @return whether what was made is in use
  private boolean ended(Optional<PooledMaster> made, Optional<TransportException> failed) {
    return lock.locked(() -> {
      loggingIn = Optional.empty();
      beginning = false;
      loginsEnded++;
      // A connection too many that could not be made is not why a later caller has none.
      failure = hasMaster() ? Optional.empty() : failed;
      made.filter(_ -> !closed).ifPresent(masters::add);
      lock.signalAll();
      return !closed;
    });
  }

  private PooledMaster loggedIn() {
    boolean isOneMore = hasMaster();
    MasterStart start = attempts.begin(logins.filter(_ -> !isOneMore).filter(AskedLogins::canAsk));
    lock.withLock(() -> {
      beginning = false;
      lock.signalAll();
    });
    return attempts.finish(start, lock);
  }

  /// Ends every master that we started, and waits for those that are being made or ended. The calls
  /// on them are at their end then. An interrupt does not end it; the flag is set again.
  @Override
  public void close() {
    List<Thread> busy =
        lock.locked(() -> {
          closed = true;
          List.copyOf(masters).forEach(this::endOnce);
          loggingIn.ifPresent(Thread::interrupt);
          lock.signalAll();
          return background.threads();
        });
    Background.join(busy);
  }
}
