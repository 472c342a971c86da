package initrunner.ssh.master;

import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.OpeningChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The login shell that is started on a master's spare channel ahead of the next command, once no
/// call came for a while (docs/decisions/022). Without it a spare stays an open channel, and the
/// next call starts its command on that.
///
/// One for each [PooledMaster], whose lock guards it; a thread of its own starts the shell.
final class ShellAhead {

  /// A caller who thinks between two commands takes longer than this.
  private static final Duration PAUSE = Duration.ofMillis(20);

  /// The longest pause between two looks at a server that has yet to answer for the spare.
  private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

  private enum State {
    /// None is ever started.
    OFF,
    /// One may be started.
    ALLOWED,
    /// A thread waits for the time to start one.
    DUE
  }

  private final PooledMaster owner;
  private final PoolLock lock;
  private State state;

  /// Off where the role has switched it off, and under a command of the host's own, which must see
  /// calls and no shells.
  ShellAhead(PooledMaster owner, PoolLock lock) {
    this.owner = owner;
    this.lock = lock;
    Master master = owner.master();
    boolean allowed =
        master.client().target().ahead() == SshTarget.Ahead.SHELL && !master.shell().forced();
    state = allowed ? State.ALLOWED : State.OFF;
  }

  /// Starts a shell on the spare after a while: a caller who comes at once would only have to wait
  /// for one shell more.
  void startSoon(MasterPool pool) {
    if (lock.locked(this::becomesDue)) {
      Thread.ofVirtual().name("initrunner-ssh-shell").start(() -> start(pool));
    }
  }

  /// The host does not let a shell wait.
  void lost() {
    lock.requireHeld();
    state = State.OFF;
  }

  private boolean becomesDue() {
    lock.requireHeld();
    boolean due = state == State.ALLOWED && owner.hasIdleSpare();
    state = due ? State.DUE : state;
    return due;
  }

  /// A busy server may open the spare later than that; it is looked at again then.
  private void start(MasterPool pool) {
    long pause = PAUSE.toNanos();
    while (isSpareUnanswered(pool) && lock.locked(this::becomesDue)) {
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, MAX_PAUSE.toNanos());
    }
  }

  /// Starts the shell after a while without a call.
  ///
  /// @return whether it was not started because the server has not answered for the spare yet
  private boolean isSpareUnanswered(MasterPool pool) {
    for (long pause = PAUSE.toNanos(); pause > 0; ) {
      LockSupport.parkNanos(pause);
      pause = lock.locked(() -> owner.isIdle() ? PAUSE.toNanos() - owner.idleNanos() : 0);
    }
    Optional<OpeningChannel> spare = lock.locked(this::takeSpare);
    if (spare.isEmpty()) {
      return false;
    }
    boolean answered;
    try {
      answered = spare.get().startShell(owner.requests(), owner.master().shell());
    } catch (IOException | OutOfMemoryError sentInPartAtMost) {
      pool.broken(owner, Optional.of(spare.get().socket()));
      return false;
    }
    pool.keepSpare(owner, spare.get());
    return !answered;
  }

  /// The spare, if the shell that was due is still to be started on it. It is no use of the master.
  private Optional<OpeningChannel> takeSpare() {
    lock.requireHeld();
    boolean due = state == State.DUE;
    state = due ? State.ALLOWED : state;
    return due && owner.hasIdleSpare() ? Optional.of(owner.removeSpare()) : Optional.empty();
  }
}
