package initrunner.ssh.master;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Ends a master on which no command ran for a while: `ControlPersist` never does, because our open
/// sockets count as use. Stateless; a thread of its own for each master.
final class IdleWatch {

  private IdleWatch() {}

  /// Begins to watch. The lock of the pool is not held.
  static void start(PooledMaster owner, MasterPool pool, Duration bound) {
    Thread watcher =
        Thread.ofVirtual()
            .name("initrunner-ssh-idle")
            .start(() -> endWhenIdle(owner, pool, bound.toNanos()));
    pool.lock().withLock(() -> owner.watchedBy(watcher));
  }

  private static void endWhenIdle(PooledMaster owner, MasterPool pool, long bound) {
    for (long pause = bound; pause > 0; ) {
      try {
        TimeUnit.NANOSECONDS.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      pause = pool.lock().locked(() -> endIfIdle(owner, pool, bound));
    }
  }

  /// @return for how long to watch on
  private static long endIfIdle(PooledMaster owner, MasterPool pool, long bound) {
    if (owner.hasEnded()) {
      return 0;
    }
    long pause = owner.isUnused() ? bound - owner.idleNanos() : bound;
    if (pause <= 0) {
      owner.retire();
      pool.endOnce(owner);
    }
    return pause;
  }
}
