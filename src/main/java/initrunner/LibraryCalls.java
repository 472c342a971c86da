package initrunner;

import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The calls of programs that go on, so that closing ends them first and releases what they use
/// when the last one is over. Safe for many threads; the lock is never held during a call.
final class LibraryCalls {

  private static final Duration CLOSE_BOUND = Duration.ofSeconds(60);

  private final String what;
  private final Runnable release;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// How many calls each thread is in: a sink may make one of its own.
  private final Map<Thread, Integer> callers = new HashMap<>();

  /// Bound where a program's own code is called during a call, which may be on another thread.
  private final ScopedValue<Boolean> inside = ScopedValue.newInstance();

  private boolean closed;
  private boolean released;

  /// @param what is closed, for messages
  /// @param release lets go of what the calls use; called once
  LibraryCalls(String what, Runnable release) {
    this.what = what;
    this.release = release;
  }

  /// Makes a call.
  ///
  /// @throws IllegalStateException if it is closed
  <T> T make(Supplier<T> call) {
    enter();
    try {
      return call.get();
    } finally {
      leave();
    }
  }

  /// Calls a program's own code during a call: closing from there does not wait. A checked
  /// exception, which other languages than Java throw undeclared, comes back as an unchecked one:
  /// what stops commands knows no other.
  void during(Runnable part) {
    try {
      ScopedValue.where(inside, true).run(part);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable undeclared) {
      throw new UndeclaredThrowableException(undeclared);
    }
  }

  /// The same for code that answers.
  <T> T answerDuring(Callable<T> part) throws InterruptedException {
    try {
      return ScopedValue.where(inside, true).call(part::call);
    } catch (RuntimeException | Error | InterruptedException e) {
      throw e;
    } catch (Throwable undeclared) {
      throw new UndeclaredThrowableException(undeclared);
    }
  }

  private void enter() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("this " + what + " is closed: nothing was started");
      }
      callers.merge(Thread.currentThread(), 1, Integer::sum);
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    boolean last;
    lock.lock();
    try {
      callers.computeIfPresent(Thread.currentThread(), (_, calls) -> calls == 1 ? null : calls - 1);
      changed.signalAll();
      last = closed && callers.isEmpty();
    } finally {
      lock.unlock();
    }
    if (last) {
      releaseOnce();
    }
  }

  /// Interrupts the calls and waits for their ends, 60 seconds at most; then releases. From inside
  /// a call, the end of the last call releases.
  void close() {
    lock.lock();
    try {
      closed = true;
      callers.keySet().forEach(Thread::interrupt);
      if (!callers.isEmpty() && (inside.isBound() || callers.containsKey(Thread.currentThread()))) {
        return;
      }
      awaitEnds();
    } finally {
      lock.unlock();
    }
    releaseOnce();
  }

  private void awaitEnds() {
    long left = CLOSE_BOUND.toNanos();
    boolean interrupted = false;
    while (!callers.isEmpty() && left > 0) {
      try {
        left = changed.awaitNanos(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void releaseOnce() {
    lock.lock();
    try {
      if (released) {
        return;
      }
      released = true;
    } finally {
      lock.unlock();
    }
    release.run();
  }
}
