package initrunner.exec.transport;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// The calls that a transport has under way: closing the transport cancels them and waits until
/// each has stopped its command. Transports that one call passes through share one instance. Safe
/// for many threads.
public final class CallsUnderWay {

  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Set<LocalProcess> processes = ConcurrentHashMap.newKeySet();
  private final AtomicInteger calls = new AtomicInteger();
  private final Set<Thread> clearingUp = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  /// Lets this thread make its calls and finish them even while [#cancelAll] waits.
  public <T> T clearingUp(Supplier<T> calls) {
    clearingUp.add(Thread.currentThread());
    try {
      return calls.get();
    } finally {
      clearingUp.remove(Thread.currentThread());
    }
  }

  /// Counts a call from its start to its end.
  public <T> T track(Supplier<T> call) {
    calls.incrementAndGet();
    try {
      return call.get();
    } finally {
      calls.decrementAndGet();
    }
  }

  /// Waits for a process of a call, so that [#cancelAll] can end the wait. See
  /// [LocalProcess#await].
  public LocalProcess.Wake await(LocalProcess process, Supplier<LocalProcess.Wake> waiting) {
    if (isClearingUp()) {
      return waiting.get();
    }
    processes.add(process);
    try {
      if (closing) {
        process.cancel();
      }
      return waiting.get();
    } finally {
      processes.remove(process);
    }
  }

  /// Whether this thread is inside of [#clearingUp].
  public boolean isClearingUp() {
    return clearingUp.contains(Thread.currentThread());
  }

  /// Whether [#cancelAll] has begun: from then on only clean-up may start.
  public boolean closing() {
    return closing && !isClearingUp();
  }

  /// Cancels every call and waits for their ends. Blocks for at most the bound; an interrupt ends
  /// the wait and stays set.
  public void cancelAll(Duration bound) {
    cancelAll(bound, () -> {});
  }

  /// As [#cancelAll(Duration)], where calls also wait outside of [#await].
  ///
  /// @param cancel cancels those waits; called again until no call is left, as new waits may begin
  public void cancelAll(Duration bound, Runnable cancel) {
    closing = true;
    processes.forEach(LocalProcess::cancel);
    long until = System.nanoTime() + bound.toNanos();
    try {
      cancel.run();
      while (calls.get() > 0 && System.nanoTime() < until) {
        Thread.sleep(PAUSE);
        cancel.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
