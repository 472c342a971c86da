package initrunner.exec.transport;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// Work that is brought to its end once it has begun, however often its caller is interrupted: a
/// command that is being stopped must not be left half stopped by a second Ctrl-C, or by a run's
/// timeout that follows its own. Stateless, safe for many threads.
public final class Uninterrupted {

  private Uninterrupted() {}

  /// Does the work on a thread of its own and waits for it. An interrupt before or during the wait
  /// does not reach the work; the caller is interrupted again when this returns.
  ///
  /// @throws RuntimeException what the work throws
  public static <T> T get(Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread.ofPlatform().daemon().start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw unchecked(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// What work on another thread threw, for the thread that waits for it to throw on. An [Error] is
  /// thrown here.
  public static RuntimeException unchecked(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException unchecked -> unchecked;
      case Error error -> throw error;
      case null, default -> new IllegalStateException(e.getCause());
    };
  }

  /// Ends a thread that ends when it is interrupted, and waits for that. The caller's own interrupt
  /// does not end the wait; the flag is set again.
  public static void end(Thread thread) {
    thread.interrupt();
    join(thread);
  }

  /// Waits for a thread's end. The caller's own interrupt does not end the wait; the flag is set
  /// again.
  public static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
