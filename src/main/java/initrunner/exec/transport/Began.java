package initrunner.exec.transport;

import java.time.Duration;
import java.time.Instant;

/// A moment by both clocks of this machine: one stands still while the machine sleeps, the other
/// can be set. Immutable.
///
/// @param nanos in terms of [System#nanoTime]
/// @param wall by the clock that can be set
public record Began(long nanos, Instant wall) {

  public static Began now() {
    return new Began(System.nanoTime(), Instant.now());
  }

  /// How long ago that is, at most: the larger of what the two clocks say.
  public Duration age() {
    Duration byNanos = Duration.ofNanos(System.nanoTime() - nanos);
    Duration byWall = Duration.between(wall, Instant.now());
    return byNanos.compareTo(byWall) > 0 ? byNanos : byWall;
  }
}
