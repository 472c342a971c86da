package initrunner.ssh.master;

import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.OpeningChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// What becomes of a session that its caller has done with: it goes back to its master, to the next
/// caller with a channel in it that is ready, or with the link.
///
/// Safe for any number of threads. The lock of the [Masters] is held for changes, and never while
/// anything is waited for.
final class Sessions {

  /// A caller who thinks between two commands takes longer than this.
  private static final Duration SHELL_PAUSE = Duration.ofMillis(20);

  /// How often at most a server is looked at that has yet to answer for the spare.
  private static final Duration MAX_SHELL_PAUSE = Duration.ofSeconds(1);

  private final Masters masters;
  private final ReentrantLock lock;

  Sessions(Masters masters) {
    this.masters = masters;
    lock = masters.lock();
  }

  /// Asks for a channel in a session that was reserved.
  OpeningChannel ask(MasterChannels owner, MuxSocket socket) throws IOException {
    return OpeningChannel.ask(socket, locked(() -> owner.inUse() - 1));
  }

  /// Gives a session back.
  ///
  /// @param socket it was on, if there was one
  void giveBack(MasterChannels owner, Optional<MuxSocket> socket) {
    withLock(() -> {
      owner.free();
      socket.ifPresent(owner::keepIdle);
      masters.changed().signal();
    });
    masters.endIfUnused(owner);
  }

  /// The server had no session for one that was reserved.
  void refused(MasterChannels owner, OpeningChannel.Answer.Refused refused) {
    withLock(() -> {
      owner.refused(refused.others());
      owner.keepIdle(refused.socket());
      masters.changed().signalAll();
    });
    masters.endIfUnused(owner);
  }

  /// A socket of this master is at its end: the link is down, or its peer is no master. No call is
  /// put on this master any more; those that are on it find out by themselves, or end well, and the
  /// last one ends it.
  void broken(MasterChannels owner, Optional<MuxSocket> socket) {
    withLock(() -> {
      owner.retire();
      owner.free();
      socket.ifPresent(owner::drop);
      masters.changed().signalAll();
    });
    masters.endIfUnused(owner);
  }

  /// Leaves a session with its channel to the next caller.
  void keepSpare(MasterChannels owner, OpeningChannel opening) {
    withLock(() -> {
      if (owner.hasEnded()) {
        owner.drop(opening.socket());
      } else {
        owner.keepSpare(opening);
        masters.changed().signal();
      }
    });
    masters.endIfUnused(owner);
  }

  /// Has a shell started on the spare, for a caller who comes later than at once: others would only
  /// have to wait for one shell more.
  void startShellSoon(MasterChannels owner) {
    if (locked(owner::makeShellDue)) {
      Thread.ofVirtual().name("initrunner-ssh-shell").start(() -> startShell(owner));
    }
  }

  /// A busy server may open the spare later than that; it is looked at again then.
  private void startShell(MasterChannels owner) {
    long pause = SHELL_PAUSE.toNanos();
    while (isSpareUnanswered(owner) && locked(owner::makeShellDue)) {
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, MAX_SHELL_PAUSE.toNanos());
    }
  }

  /// Starts the shell after a while without a call.
  ///
  /// @return whether it was not started because the server has not answered for the spare yet
  private boolean isSpareUnanswered(MasterChannels owner) {
    Optional<OpeningChannel> spare = Optional.empty();
    for (long pause = SHELL_PAUSE.toNanos(); pause > 0; ) {
      LockSupport.parkNanos(pause);
      lock.lock();
      try {
        pause = owner.isIdle() ? SHELL_PAUSE.toNanos() - owner.idleNanos() : 0;
        spare = pause > 0 ? Optional.empty() : owner.takeSpareForShell();
      } finally {
        lock.unlock();
      }
    }
    if (spare.isEmpty()) {
      return false;
    }
    boolean answered;
    try {
      answered = spare.get().startShell(owner.requests(), owner.connection().shell());
    } catch (IOException | OutOfMemoryError sentInPartAtMost) {
      broken(owner, Optional.of(spare.get().socket()));
      return false;
    }
    keepSpare(owner, spare.get());
    return !answered;
  }

  void withLock(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  <T> T locked(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }
}
