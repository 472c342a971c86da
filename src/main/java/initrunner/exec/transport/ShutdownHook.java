package initrunner.exec.transport;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// Runs an action when the JVM exits, by itself or by a signal, unless it is removed before. Safe
/// for many threads.
public final class ShutdownHook {

  private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);

  /// Of all works of this process that use connections to their end.
  private static final Set<CountDownLatch> HOLDS = ConcurrentHashMap.newKeySet();

  private final Thread thread;
  private final AtomicBoolean added = new AtomicBoolean();

  public ShutdownHook(Runnable action) {
    thread =
        new Thread(
            () -> {
              awaitHolds();
              action.run();
            },
            "initrunner-shutdown");
  }

  /// Does a work that goes on when the JVM exits: until its end or [#letGo], ten minutes at most,
  /// the actions of all hooks wait.
  public static <T> T holding(Supplier<T> work) {
    CountDownLatch hold = new CountDownLatch(1);
    HOLDS.add(hold);
    try {
      return work.get();
    } finally {
      hold.countDown();
      HOLDS.remove(hold);
    }
  }

  /// Lets the actions begin although works go on that hold them back.
  public static void letGo() {
    HOLDS.forEach(CountDownLatch::countDown);
  }

  private static void awaitHolds() {
    try {
      for (CountDownLatch hold : HOLDS) {
        boolean ignored = hold.await(LONGEST_HOLD.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Registers the action. A second call does nothing.
  public void add() {
    if (added.compareAndSet(false, true)) {
      try {
        Runtime.getRuntime().addShutdownHook(thread);
      } catch (IllegalStateException shutsDownAlready) {
        added.set(false);
      }
    }
  }

  /// Removes the action; during the shutdown this does nothing.
  public void remove() {
    if (added.compareAndSet(true, false)) {
      try {
        Runtime.getRuntime().removeShutdownHook(thread);
      } catch (IllegalStateException shutsDownAlready) {
        // The action runs now or has run.
      }
    }
  }
}
