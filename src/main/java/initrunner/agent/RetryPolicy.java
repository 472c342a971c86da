package initrunner.agent;

import java.math.BigDecimal;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/// How often, and after which pause, a model's server is asked again. Immutable.
///
/// @param attempts in all, the first one included
/// @param mostPause a server that wants a longer one is not asked again
record RetryPolicy(int attempts, Duration mostPause, Pause pause, Clock clock) {

  static final RetryPolicy DEFAULT =
      new RetryPolicy(3, Duration.ofSeconds(60), Thread::sleep, Clock.systemUTC());

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /// Longer than anybody waits, and short enough to count in milliseconds.
  private static final BigDecimal A_DAY_IN_SECONDS = BigDecimal.valueOf(86_400);

  private static final Pattern RETRY_DELAY =
      Pattern.compile("\"retryDelay\"\\s*:\\s*\"([0-9.]+)s\"");

  /// What makes a thread wait.
  @FunctionalInterface
  interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  RetryPolicy with(int attempts, Duration mostPause) {
    return new RetryPolicy(attempts, mostPause, pause, clock);
  }

  /// Whether the same request may succeed later.
  static boolean isTransient(int status) {
    return switch (status) {
      case 408, 429 -> true;
      case 501, 505 -> false;
      default -> status >= 500;
    };
  }

  /// The pause after the `attempt`-th attempt: the server's own wish (RFC 9110, section 10.2.3;
  /// some say it in the error object, as google.rpc.RetryInfo), else twice the one before, but
  /// never longer than the longest that a server may wish for.
  ///
  /// @param body of the refusal
  Duration pauseAfter(int attempt, HttpHeaders headers, String body) {
    return headers
        .firstValue("Retry-After")
        .flatMap(this::retryAfter)
        .or(() ->
            RETRY_DELAY.matcher(body).results().findFirst().flatMap(r -> retryAfter(r.group(1))))
        .orElseGet(() -> ownPause(attempt));
  }

  private Duration ownPause(int attempt) {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << (attempt - 1));
    return doubled.compareTo(mostPause) < 0 ? doubled : mostPause;
  }

  private Optional<Duration> retryAfter(String value) {
    try {
      BigDecimal seconds = new BigDecimal(value.strip()).min(A_DAY_IN_SECONDS);
      return Optional.of(Duration.ofMillis(seconds.movePointRight(3).longValue()))
          .filter(pause -> !pause.isNegative());
    } catch (NumberFormatException e) {
      return untilDate(value.strip());
    }
  }

  private Optional<Duration> untilDate(String value) {
    try {
      ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration until = Duration.between(clock.instant(), date);
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
