package initrunner.exec.transport;

import java.util.concurrent.atomic.AtomicBoolean;

/// Runs an action when the JVM exits, by itself or by a signal, unless it is removed before. Safe
/// for many threads.
public final class ShutdownHook {

  private final Thread thread;
  private final AtomicBoolean added = new AtomicBoolean();

  public ShutdownHook(Runnable action) {
    thread = new Thread(action, "initrunner-shutdown");
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
