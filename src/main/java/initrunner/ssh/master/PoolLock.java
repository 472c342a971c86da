package initrunner.ssh.master;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The lock of a [MasterPool]. Safe for many threads. Its rules:
///
/// - It guards the pool, its [PooledMaster]s, their [ShellAhead]s and its [Background], which
///   refuse a thread that does not hold it.
/// - The thread that holds it waits for nothing but its condition, reads and writes no socket, and
///   speaks to no process.
final class PoolLock {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// @throws IllegalStateException if this thread does not hold the lock
  void requireHeld() {
    if (!lock.isHeldByCurrentThread()) {
      throw new IllegalStateException("the lock of the pool is not held");
    }
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  void withLock(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  <T> T locked(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a change, for no longer than this. The lock is held before and after.
  ///
  /// @return whether the wait was not interrupted; the flag is set again where it was
  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  boolean awaitChange(long nanos) {
    try {
      var _ = changed.await(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Wakes one thread that waits.
  void signalOne() {
    changed.signal();
  }

  /// Wakes all threads that wait.
  void signalAll() {
    changed.signalAll();
  }

  boolean isWaitedForBy(Thread thread) {
    return lock.hasQueuedThread(thread);
  }
}
