package initrunner.door.acp;

import initrunner.door.jsonrpc.Json;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A prompt from its arrival to its answer. Safe for many threads: this object is the lock of all
/// its state.
final class PromptUnderWay {

  private final Json request;
  private final CountDownLatch ended = new CountDownLatch(1);
  private Optional<Thread> thread = Optional.empty();
  private boolean cancelled;

  /// @param request its id
  PromptUnderWay(Json request) {
    this.request = request;
  }

  boolean is(Json other) {
    return request.equals(other);
  }

  /// The calling thread answers it from now on.
  synchronized void enter() {
    thread = Optional.of(Thread.currentThread());
    if (cancelled) {
      Thread.currentThread().interrupt();
    }
  }

  /// Interrupts the thread that answers it.
  synchronized void cancel() {
    cancelled = true;
    thread.ifPresent(Thread::interrupt);
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  /// The calling thread has the answer, and is interrupted no more.
  synchronized void leave() {
    thread = Optional.empty();
    boolean ignored = Thread.interrupted();
    ended.countDown();
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }
}
