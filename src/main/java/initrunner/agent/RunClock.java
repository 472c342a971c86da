package initrunner.agent;

import java.time.Duration;

/// A run's wall clock, which stands still while the run waits for a person. Safe for many threads.
final class RunClock {

  private final long timeoutNanos;
  private final long startNanos = System.nanoTime();
  private final long earlierNanos;
  private long waitedNanos;
  private long waitingSinceNanos;
  private int waiting;

  /// @param earlier the run's time before its pause
  RunClock(Duration timeout, Duration earlier) {
    this.timeoutNanos = timeout.toNanos();
    this.earlierNanos = earlier.toNanos();
  }

  synchronized void personIsAsked() {
    waitingSinceNanos = System.nanoTime();
    waiting++;
  }

  synchronized void personHasAnswered() {
    waiting--;
    waitedNanos += System.nanoTime() - waitingSinceNanos;
  }

  synchronized Duration elapsed() {
    long now = waiting > 0 ? waitingSinceNanos : System.nanoTime();
    return Duration.ofNanos(earlierNanos + now - startNanos - waitedNanos);
  }

  /// The remaining time; zero or less when it is up.
  Duration remaining() {
    return Duration.ofNanos(timeoutNanos).minus(elapsed());
  }
}
