package initrunner.ssh.master;

import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.OpeningChannel;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// What becomes of a session that its caller has done with: it goes back to its master, to the next
/// caller with a channel in it that is ready, or with the link.
///
/// Safe for any number of threads. The lock of the [Masters] is held for changes, and never while
/// anything is waited for.
final class Sessions {

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
