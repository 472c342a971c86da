package initrunner.ssh.mux;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// How long a caller waits for a channel to put its command on. Immutable.
///
/// @param deadline in terms of [System#nanoTime]
/// @param unwanted whether the caller's command is not to be started any more, as at a close; asked
///   on the caller's own thread
public record Patience(OptionalLong deadline, BooleanSupplier unwanted) {

  public static Patience endless() {
    return new Patience(OptionalLong.empty(), () -> false);
  }

  /// From now on.
  public static Patience of(Duration bound) {
    return new Patience(OptionalLong.of(System.nanoTime() + bound.toNanos()), () -> false);
  }

  /// What is left of it; not above 0 if it is at its end.
  public long nanos() {
    return deadline.isPresent() ? deadline.getAsLong() - System.nanoTime() : Long.MAX_VALUE;
  }

  public boolean isUnwanted() {
    return unwanted.getAsBoolean();
  }

  /// Whether nothing more is to be waited for: the time is up, nobody wants it, or this thread is
  /// interrupted.
  boolean isOver() {
    return nanos() <= 0 || isUnwanted() || Thread.currentThread().isInterrupted();
  }
}
