package initrunner.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// One commit for all threads that add something at the same time: one of them commits for all that
/// wait, in the order in which they came. Those that come meanwhile wait for the next commit.
///
/// Safe for many threads. An interrupt does not end a wait; the flag stays set.
final class SharedCommit<T> {

  private final Consumer<List<T>> commit;
  private final ReentrantLock lock = new ReentrantLock();
  private List<Waiting<T>> waiting = new ArrayList<>();
  private boolean isCommitting;

  private enum Turn {
    /// This thread commits for all that wait.
    COMMIT,
    /// Another thread has committed for this one.
    DONE
  }

  private record Waiting<T>(T item, CompletableFuture<Turn> turn) {}

  /// @param commit is called by one thread at a time
  SharedCommit(Consumer<List<T>> commit) {
    this.commit = commit;
  }

  /// Returns once the item is committed.
  ///
  /// @throws AuditException if the commit failed, with all that it was for
  void add(T item) {
    Waiting<T> mine = new Waiting<>(item, new CompletableFuture<>());
    lock.lock();
    try {
      waiting.add(mine);
      if (!isCommitting) {
        isCommitting = true;
        mine.turn().complete(Turn.COMMIT);
      }
    } finally {
      lock.unlock();
    }
    if (turn(mine) == Turn.COMMIT) {
      commitAllThatWait();
    }
  }

  private static Turn turn(Waiting<?> mine) {
    try {
      return mine.turn().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof AuditException failed
          ? new AuditException(failed.getMessage(), failed.remedy(), failed)
          : e;
    }
  }

  private void commitAllThatWait() {
    List<Waiting<T>> all = take();
    List<T> items = new ArrayList<>();
    for (Waiting<T> each : all) {
      items.add(each.item());
    }
    try {
      commit.accept(items);
    } catch (RuntimeException | Error e) {
      passOn();
      all.forEach(each -> each.turn().completeExceptionally(e));
      throw e;
    }
    passOn();
    for (Waiting<T> each : all) {
      each.turn().complete(Turn.DONE);
    }
  }

  private List<Waiting<T>> take() {
    lock.lock();
    try {
      List<Waiting<T>> all = waiting;
      waiting = new ArrayList<>();
      return all;
    } finally {
      lock.unlock();
    }
  }

  /// The first of those that came meanwhile commits next.
  private void passOn() {
    lock.lock();
    try {
      isCommitting = !waiting.isEmpty();
      if (isCommitting) {
        waiting.getFirst().turn().complete(Turn.COMMIT);
      }
    } finally {
      lock.unlock();
    }
  }

  /// How many wait for a commit.
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }
}
