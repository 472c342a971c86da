package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {

  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void oneThatNeverComesEndsNoWait() {
    assertThat(Deadline.NEVER.comes()).isFalse();
    assertThat(Deadline.NEVER.isPast()).isFalse();
    assertThat(Deadline.NEVER.nanosLeft()).isEqualTo(Long.MAX_VALUE);
    assertThat(Deadline.of(Limits.unbounded()).comes()).isFalse();
  }

  @Test
  void oneThatComesHasTimeLeftUntilItHasPassed() {
    assertThat(Deadline.in(Duration.ZERO).isPast()).isTrue();
    assertThat(Deadline.in(HOUR).isPast()).isFalse();
    assertThat(Deadline.of(Limits.timeout(HOUR)).nanosLeft()).isBetween(1L, HOUR.toNanos());
  }

  @Test
  void theEarlierOfTwoIsTaken() {
    assertThat(Deadline.NEVER.orIn(HOUR).nanosLeft()).isLessThanOrEqualTo(HOUR.toNanos());
    assertThat(Deadline.in(Duration.ZERO).orIn(HOUR).isPast()).isTrue();
    assertThat(Deadline.in(HOUR).orIn(Duration.ZERO).isPast()).isTrue();
  }

  @Test
  void aBoundOfMoreNanosecondsThanCanBeCountedIsNeverReached() {
    Duration age = Duration.ofSeconds(Long.MAX_VALUE);
    assertThat(Deadline.in(age).isPast()).isFalse();
    assertThat(Deadline.of(Limits.timeout(age)).nanosLeft()).isEqualTo(Long.MAX_VALUE);
    assertThat(Deadline.in(HOUR).orIn(age).nanosLeft()).isLessThanOrEqualTo(HOUR.toNanos());
    assertThat(Deadline.NEVER.orIn(age).isPast()).isFalse();
    assertThat(Deadline.in(Duration.ofNanos(Long.MAX_VALUE)).isPast()).isFalse();
  }

  @Test
  void whatIsLeftIsNotAboveZeroOnceItHasPassed() {
    assertThat(Deadline.in(Duration.ofSeconds(-1)).left()).isNegative();
    assertThat(Deadline.in(HOUR).left()).isPositive().isLessThanOrEqualTo(HOUR);
  }
}
