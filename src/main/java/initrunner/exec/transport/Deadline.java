package initrunner.exec.transport;

import initrunner.exec.Limits;
import java.time.Duration;

/// The moment at which a wait ends, or never. Immutable.
public final class Deadline {

  /// No wait ends by it.
  public static final Deadline NEVER = new Deadline(0, false);

  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private final long atNanos;
  private final boolean comes;

  /// @param atNanos in terms of [System#nanoTime]
  private Deadline(long atNanos, boolean comes) {
    this.atNanos = atNanos;
    this.comes = comes;
  }

  /// From now on. A bound beyond what nanoseconds count, 292 years, is never reached.
  public static Deadline in(Duration bound) {
    return bound.compareTo(LONGEST) > 0
        ? NEVER
        : new Deadline(System.nanoTime() + bound.toNanos(), true);
  }

  /// Of a call that begins now.
  public static Deadline of(Limits limits) {
    return limits.timeout().map(Deadline::in).orElse(NEVER);
  }

  /// The time until then: not above 0 once it has passed, [Long#MAX_VALUE] where it never comes.
  public long nanosLeft() {
    return comes ? atNanos - System.nanoTime() : Long.MAX_VALUE;
  }

  /// The same as a bound of its own; not above zero once it has passed.
  public Duration left() {
    return Duration.ofNanos(nanosLeft());
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
    Deadline other = in(bound);
    return nanosLeft() <= other.nanosLeft() ? this : other;
  }
}
