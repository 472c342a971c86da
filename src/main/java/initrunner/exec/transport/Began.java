package initrunner.exec.transport;

import java.time.Duration;
import java.time.Instant;

/// When something began, by both clocks of this machine: one of them stands still while the machine
/// sleeps, the other one may be set. Immutable.
///
/// @param nanos in terms of [System#nanoTime]
/// @param wall by the clock that may be set
public record Began(long nanos, Instant wall) {

  public static Began now() {
    return new Began(System.nanoTime(), Instant.now());
  }

  /// How long ago that is, at the most.
  public Duration age() {
    Duration byNanos = Duration.ofNanos(System.nanoTime() - nanos);
    Duration byWall = Duration.between(wall, Instant.now());
    return byNanos.compareTo(byWall) > 0 ? byNanos : byWall;
  }
}
