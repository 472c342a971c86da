package initrunner.exec.transport;

import java.util.concurrent.atomic.AtomicBoolean;

/// Runs an action when the JVM ends by itself or by a signal, unless it was taken back before. Safe
/// for many threads.
public final class ShutdownHook {

  private final Thread thread;
  private final AtomicBoolean added = new AtomicBoolean();

  public ShutdownHook(Runnable action) {
    thread = new Thread(action, "initrunner-shutdown");
  }

  /// Adds it, once.
  public void add() {
    if (added.compareAndSet(false, true)) {
      try {
        Runtime.getRuntime().addShutdownHook(thread);
      } catch (IllegalStateException shutsDownAlready) {
        added.set(false);
      }
    }
  }

  /// Takes it back; during the shutdown itself it does nothing.
  public void remove() {
    if (added.compareAndSet(true, false)) {
      try {
        Runtime.getRuntime().removeShutdownHook(thread);
      } catch (IllegalStateException shutsDownAlready) {
        // It runs now, or has run: there is nothing to take back.
      }
    }
  }
}
