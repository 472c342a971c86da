package initrunner.ssh.master;

import initrunner.exec.transport.Deadline;
import initrunner.exec.transport.Uninterrupted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Threads whose work has to be over when a [MasterPool] is closed: they make masters, end them and
/// remove their directories. Not virtual ones: the JVM's thread that polls sockets for those makes
/// its exit take 300 ms longer.
///
/// The lock of the pool is held by the thread that calls, but not in [#join].
final class Background {

  /// Ending a master takes an `ssh` of at most five seconds.
  private static final Duration BOUND = Duration.ofSeconds(12);

  private final PoolLock lock;
  private final List<Thread> threads = new ArrayList<>();

  Background(PoolLock lock) {
    this.lock = lock;
  }

  Thread start(String name, Runnable work) {
    lock.requireHeld();
    threads.removeIf(each -> each.getState() == Thread.State.TERMINATED);
    Thread thread = Thread.ofPlatform().daemon().name(name).start(work);
    threads.add(thread);
    return thread;
  }

  List<Thread> threads() {
    lock.requireHeld();
    return List.copyOf(threads);
  }

  /// Waits for the end of these. An interrupt does not end the wait; the flag is set again.
  static void join(List<Thread> threads) {
    Deadline until = Deadline.in(BOUND);
    var _ =
        Uninterrupted.get(() -> {
          for (Thread thread : threads) {
            var _ = thread.join(Duration.ofNanos(Math.max(1, until.nanosLeft())));
          }
          return true;
        });
  }
}
