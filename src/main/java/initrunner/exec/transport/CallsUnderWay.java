package initrunner.exec.transport;

import initrunner.exec.Sink;
import initrunner.exec.transport.StartedCommand.Wake;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The calls that a transport has under way: closing the transport cancels them and waits until
/// each has stopped its command. Transports that one call passes through share one instance. Safe
/// for many threads.
public final class CallsUnderWay {

  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Set<StartedCommand<?>> commands =
      Collections.newSetFromMap(Collections.synchronizedMap(new IdentityHashMap<>()));
  private final AtomicInteger calls = new AtomicInteger();
  private volatile boolean closing;

  /// Begins a call; it ends when it is closed.
  ///
  /// @param transport runs its commands
  public CallScope begin(Transport transport) {
    CallScope call = new CallScope(this, transport);
    calls.incrementAndGet();
    return call;
  }

  void ended() {
    calls.decrementAndGet();
  }

  /// Waits for a command of a call, where [#cancelAll] reaches it.
  <E extends Exception> Wake await(StartedCommand<E> command, Deadline deadline, Sink sink)
      throws E {
    commands.add(command);
    try {
      if (closing) {
        command.cancel();
      }
      return command.await(deadline, sink);
    } finally {
      commands.remove(command);
    }
  }

  /// Whether [#cancelAll] has begun: from then on only clean-up may start.
  public boolean isClosing() {
    return closing;
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
    commands.forEach(StartedCommand::cancel);
    Deadline until = Deadline.in(bound);
    try {
      cancel.run();
      while (calls.get() > 0 && !until.isPast()) {
        Thread.sleep(PAUSE);
        cancel.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
