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

/// What is found out about a place once, for all who wait for it, on a thread of its own: the
/// interrupt or the deadline of one caller ends the wait of that caller only. A failure is reported
/// to those who wait, and the next caller tries again; so it is with what is only worth one call.
///
/// Safe for any number of threads. One lock guards what is known; it is never held while anything
/// is waited for.
final class Preparation<T> {

  private final String place;
  private final Supplier<Result<T>> work;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<CompletableFuture<T>> current = Optional.empty();

  /// What the work gave.
  ///
  /// @param lasts whether it holds for later callers too
  record Result<T>(T value, boolean lasts) {}

  /// @param place to name in messages
  Preparation(String place, Supplier<Result<T>> work) {
    this.place = place;
    this.work = work;
  }

  /// What is known by now.
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

  /// Waits for the result, which is worked for if it is not known. Blocks up to the bound.
  ///
  /// @throws TransportException if the place cannot be asked
  /// @throws LauncherUnavailableException if the work fails, the bound is reached, or the thread is
  ///   interrupted (whose flag stays set)
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
    return new LauncherUnavailableException("the sandbox on " + place + " " + how, remedy);
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
