package initrunner.exec.transport;

import initrunner.exec.Sink;
import initrunner.exec.Stop;
import java.time.Duration;

/// A command that a transport has started, for [CallScope#await]. One thread uses it; [#cancel] may
/// be called by any.
///
/// @param <E> what a transport throws when it loses the command
public interface StartedCommand<E extends Exception> {

  /// Why a wait came to its end.
  enum Wake {
    /// The command is over, and its output is at its end or held open by another process.
    OVER,
    TIME_UP,
    /// The waiting thread was interrupted; its flag is cleared.
    INTERRUPTED,
    /// Another thread called [#cancel].
    CANCELLED
  }

  /// Waits until the command is over.
  Wake await(Deadline deadline, Sink sink) throws E;

  /// Makes [#await] return [Wake#CANCELLED], now or when it is called next.
  void cancel();

  /// Stops the command and looks for the proof. An interrupt does not end it; the flag is set
  /// again.
  ///
  /// @param grace between TERM and KILL
  /// @param sink takes what the command prints meanwhile; it throws nothing
  Stop stop(Duration grace, Sink sink);

  /// One that a process of this machine stands for.
  interface OfProcess extends StartedCommand<RuntimeException> {

    LocalProcess process();

    @Override
    default Wake await(Deadline deadline, Sink sink) {
      return process().await(deadline, sink);
    }

    @Override
    default void cancel() {
      process().cancel();
    }
  }
}
