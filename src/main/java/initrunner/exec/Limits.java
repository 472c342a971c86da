package initrunner.exec;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// How long a call may take. Waiting for a free session counts.
///
/// @param timeout from the moment the call is made, greater than zero; empty means no bound
/// @param killGrace how long a command that was asked to stop (TERM) may take before it is killed;
///   zero or more
public record Limits(Optional<Duration> timeout, Duration killGrace) {

  /// The time between TERM and KILL where nothing else is said.
  public static final Duration DEFAULT_KILL_GRACE = Duration.ofSeconds(2);

  /// @throws IllegalArgumentException if the timeout is zero or less, or the grace less than zero
  public Limits {
    Objects.requireNonNull(timeout, "Limits: timeout is null");
    Objects.requireNonNull(killGrace, "Limits: killGrace is null");
    timeout.ifPresent(bound -> {
      if (bound.isNegative() || bound.isZero()) {
        throw new IllegalArgumentException("timeout " + bound + " is not greater than zero");
      }
    });
    if (killGrace.isNegative()) {
      throw new IllegalArgumentException("kill grace " + killGrace + " is less than zero");
    }
  }

  /// A bound on the whole call, with the default grace.
  ///
  /// @throws IllegalArgumentException if it is zero or less
  public static Limits timeout(Duration timeout) {
    Objects.requireNonNull(timeout, "Limits.timeout: timeout is null");
    return new Limits(Optional.of(timeout), DEFAULT_KILL_GRACE);
  }

  /// What is left of the time, at least a millisecond, when some of it has passed.
  public Limits after(Duration passed) {
    Objects.requireNonNull(passed, "Limits.after: passed is null");
    Duration least = Duration.ofMillis(1);
    return new Limits(
        timeout
            .map(bound -> bound.minus(passed))
            .map(rest -> rest.compareTo(least) > 0 ? rest : least),
        killGrace);
  }

  /// No bound; an interrupt still stops the command.
  public static Limits unbounded() {
    return new Limits(Optional.empty(), DEFAULT_KILL_GRACE);
  }
}
