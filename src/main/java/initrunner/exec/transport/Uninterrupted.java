package initrunner.exec.transport;

import initrunner.exec.transport.StartedCommand.Wake;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Work that runs to its end once it has begun, even if its caller is interrupted: a second Ctrl-C,
/// or a run's timeout after a command's, must not leave a command half stopped. Stateless, safe for
/// many threads.
public final class Uninterrupted {

  private Uninterrupted() {}

  /// Does the work on a thread of its own and waits for it. An interrupt before or during the wait
  /// does not reach the work; the flag is set again on return.
  ///
  /// @throws RuntimeException as thrown by the work
  public static <T> T get(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    join(Thread.ofPlatform().daemon().start(task));
    return result(task);
  }

  /// What a thread does while another one works.
  public interface Service<E extends Exception> {

    /// Serves, and blocks meanwhile: [Wake#OVER] or [Wake#TIME_UP] if there is no more to do.
    Wake serve() throws E;
  }

  /// Does the work on a thread of its own and serves meanwhile. An interrupt does not reach the
  /// work; the flag is set again on return.
  ///
  /// @param wake ends a [Service#serve] that blocks
  /// @throws RuntimeException as thrown by the work
  /// @throws E as thrown by the service, once the work is done
  public static <T, E extends Exception> T get(Callable<T> work, Runnable wake, Service<E> service)
      throws E {
    FutureTask<T> task = new FutureTask<>(work);
    Thread worker =
        Thread.ofVirtual()
            .start(() -> {
              task.run();
              wake.run();
            });
    boolean interrupted = Thread.interrupted();
    try {
      Wake why = Wake.CANCELLED;
      while (!task.isDone() && why != Wake.OVER && why != Wake.TIME_UP) {
        why = service.serve();
        interrupted |= why == Wake.INTERRUPTED;
      }
    } finally {
      join(worker);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return result(task);
  }

  /// @throws RuntimeException as thrown by the work
  private static <T> T result(FutureTask<T> done) {
    if (done.state() == FutureTask.State.FAILED) {
      throw unchecked(done.exceptionNow());
    }
    return done.resultNow();
  }

  /// What the work on another thread threw, for the waiting thread to throw. Throws an [Error]
  /// itself.
  public static RuntimeException unchecked(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException unchecked -> unchecked;
      case Error error -> throw error;
      case ExecutionException e when e.getCause() != null -> unchecked(e.getCause());
      default -> new IllegalStateException(thrown);
    };
  }

  /// Interrupts a thread and waits for its end. An interrupt of the caller does not end the wait;
  /// the flag is set again.
  public static void end(Thread thread) {
    thread.interrupt();
    join(thread);
  }

  /// Waits for a thread's end. An interrupt of the caller does not end the wait; the flag is set
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
