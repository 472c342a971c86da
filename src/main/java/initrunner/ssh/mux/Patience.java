package initrunner.ssh.mux;

import initrunner.exec.transport.Deadline;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// How long a caller waits for a channel to put its command on. Immutable.
///
/// @param unwanted whether the caller's command must not start any more, as at a close; asked on
///   the caller's own thread
public record Patience(Deadline deadline, BooleanSupplier unwanted) {

  public static Patience endless() {
    return new Patience(Deadline.NEVER, () -> false);
  }

  /// From now on.
  public static Patience of(Duration bound) {
    return new Patience(Deadline.in(bound), () -> false);
  }

  /// What is left of it; not above 0 if it is at its end.
  public long nanos() {
    return deadline.nanosLeft();
  }

  public boolean isUnwanted() {
    return unwanted.getAsBoolean();
  }

  /// Whether the wait ends: the time is up, the command is unwanted, or this thread is interrupted.
  boolean isOver() {
    return nanos() <= 0 || isUnwanted() || Thread.currentThread().isInterrupted();
  }
}
