package initrunner.exec.transport;

import initrunner.exec.Limits;
import java.time.Duration;

/// The moment at which a wait ends, or never. Immutable.
public final class Deadline {

  /// No wait ends by it.
  public static final Deadline NEVER = new Deadline(0, false);

  private final long atNanos;
  private final boolean comes;

  /// @param atNanos in terms of [System#nanoTime]
  private Deadline(long atNanos, boolean comes) {
    this.atNanos = atNanos;
    this.comes = comes;
  }

  /// From now on.
  public static Deadline in(Duration bound) {
    return new Deadline(System.nanoTime() + bound.toNanos(), true);
  }

  /// Of a call that begins now.
  public static Deadline of(Limits limits) {
    return limits.timeout().map(Deadline::in).orElse(NEVER);
  }

  /// The time until then: not above 0 once it has passed, [Long#MAX_VALUE] where it never comes.
  public long nanosLeft() {
    return comes ? atNanos - System.nanoTime() : Long.MAX_VALUE;
  }

  /// Whether it ever comes.
  public boolean comes() {
    return comes;
  }

  /// Whether it has passed.
  public boolean isPast() {
    return nanosLeft() <= 0;
  }

  /// The same, or this long from now where that is earlier.
  public Deadline orIn(Duration bound) {
    return nanosLeft() <= bound.toNanos() ? this : in(bound);
  }
}
