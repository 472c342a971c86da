package initrunner.exec.transport;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// The calls that a transport has under way, so that closing it can cancel them and wait until each
/// has stopped its command. Transports that a call may pass through one after the other share one.
/// Safe for many threads.
public final class CallsUnderWay {

  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Set<LocalProcess> processes = ConcurrentHashMap.newKeySet();
  private final AtomicInteger calls = new AtomicInteger();
  private final Set<Thread> clearingUp = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  /// Lets the calls of this thread be made and run to their ends even while [#cancelAll] waits.
  public <T> T clearingUp(Supplier<T> calls) {
    clearingUp.add(Thread.currentThread());
    try {
      return calls.get();
    } finally {
      clearingUp.remove(Thread.currentThread());
    }
  }

  /// Makes a call, counted from its beginning to its end.
  public <T> T track(Supplier<T> call) {
    calls.incrementAndGet();
    try {
      return call.get();
    } finally {
      calls.decrementAndGet();
    }
  }

  /// Waits for one process of a call, where [#cancelAll] reaches it. See [LocalProcess#await].
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

  /// Whether the calls of this thread clear up.
  public boolean isClearingUp() {
    return clearingUp.contains(Thread.currentThread());
  }

  /// Whether [#cancelAll] has begun: nothing new is to be started but what clears up.
  public boolean closing() {
    return closing && !isClearingUp();
  }

  /// Cancels every call and waits for their ends. Blocks up to the bound, or until an interrupt,
  /// which leaves the flag set.
  public void cancelAll(Duration bound) {
    cancelAll(bound, () -> {});
  }

  /// The same where calls wait elsewhere than in [#await] as well.
  ///
  /// @param cancel cancels what waits there now; done again while there are calls, as more may come
  ///   to wait
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
