package initrunner.runtime;

import initrunner.exec.transport.Uninterrupted;
import initrunner.launch.LauncherUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Prepares a sandbox once for all callers, on a thread of its own, so that one caller's interrupt
/// or deadline ends the wait of that caller only. The callers that wait get a failure, and the next
/// caller tries again; a result that does not last is treated the same.
///
/// Safe for any number of threads. No thread waits for the work while it holds the lock.
final class Preparation<T> {

  private final String host;
  private final Supplier<Result<T>> work;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<CompletableFuture<T>> current = Optional.empty();

  /// The result of the work.
  ///
  /// @param lasts whether it holds for later callers too
  record Result<T>(T value, boolean lasts) {}

  /// @param host the host's name for messages
  Preparation(String host, Supplier<Result<T>> work) {
    this.host = host;
    this.work = work;
  }

  /// The result so far.
  Optional<T> known() {
    lock.lock();
    try {
      return current
          .filter(made -> made.state() == CompletableFuture.State.SUCCESS)
          .map(CompletableFuture::resultNow);
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the result, and starts the work if there is none. Blocks up to the bound.
  ///
  /// @throws TransportException if the host cannot be asked
  /// @throws LauncherUnavailableException if the work fails, the bound passes, or the thread is
  ///   interrupted (the flag stays set)
  T await(Optional<Duration> bound) {
    CompletableFuture<T> wanted = wanted();
    try {
      return bound.isPresent()
          ? wanted.get(bound.get().toNanos(), TimeUnit.NANOSECONDS)
          : wanted.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unready("was not ready when the call was cancelled", "Nothing was started.");
    } catch (TimeoutException e) {
      throw unready(
          "was not ready when the call's time was up",
          "It goes on getting ready: try again, or give the call more time.");
    } catch (ExecutionException e) {
      throw Uninterrupted.unchecked(e);
    }
  }

  private LauncherUnavailableException unready(String how, String remedy) {
    return new LauncherUnavailableException("the sandbox on " + host + " " + how, remedy);
  }

  private CompletableFuture<T> wanted() {
    lock.lock();
    try {
      if (current.isEmpty()) {
        CompletableFuture<T> made = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("initrunner-prepare").start(() -> prepare(made));
        current = Optional.of(made);
      }
      return current.get();
    } finally {
      lock.unlock();
    }
  }

  private void prepare(CompletableFuture<T> made) {
    try {
      Result<T> result = work.get();
      if (!result.lasts()) {
        forget();
      }
      made.complete(result.value());
    } catch (RuntimeException | Error e) {
      forget();
      made.completeExceptionally(e);
    }
  }

  private void forget() {
    lock.lock();
    try {
      current = Optional.empty();
    } finally {
      lock.unlock();
    }
  }
}
