package initrunner.model.http;

import java.math.BigDecimal;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// How often, and after which pause, a model's server is asked again. Immutable.
///
/// @param attempts in all, the first one included
/// @param mostPause a server that asks for a longer one is not asked again
public record RetryPolicy(int attempts, Duration mostPause, Pause pause, Clock clock) {

  static final RetryPolicy DEFAULT =
      new RetryPolicy(3, Duration.ofSeconds(60), Thread::sleep, Clock.systemUTC());

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /// Longer than a run waits, and short enough to count in milliseconds.
  private static final BigDecimal A_DAY_IN_MILLIS = BigDecimal.valueOf(86_400_000);

  private static final int FIRST_YEAR_OF_TWO_DIGITS = 2000;

  private static final List<DateTimeFormatter> HTTP_DATES =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          new DateTimeFormatterBuilder()
              .appendPattern("EEEE, dd-MMM-")
              .appendValueReduced(ChronoField.YEAR, 2, 2, FIRST_YEAR_OF_TWO_DIGITS)
              .appendPattern(" HH:mm:ss 'GMT'")
              .toFormatter(Locale.ENGLISH)
              .withZone(ZoneOffset.UTC),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
              .withZone(ZoneOffset.UTC));

  private static final Pattern RETRY_DELAY =
      Pattern.compile("\"retryDelay\"\\s*:\\s*\"([0-9.]+)s\"");

  /// Makes a thread wait.
  @FunctionalInterface
  public interface Pause {
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

  /// The same, where the server may decide it by a header.
  static boolean isTransient(int status, HttpHeaders headers) {
    return switch (headers.firstValue("x-should-retry").orElse("").strip()) {
      case "true" -> true;
      case "false" -> false;
      default -> isTransient(status);
    };
  }

  /// The pause after the `attempt`-th attempt: the server's own request (RFC 9110, section 10.2.3;
  /// or google.rpc.RetryInfo in the error object), else twice the one before, at most the longest
  /// that a server may ask for.
  ///
  /// @param body of the refusal
  Duration pauseAfter(int attempt, HttpHeaders headers, String body) {
    return headers
        .firstValue("retry-after-ms")
        .flatMap(value -> duration(value, 0))
        .or(() -> headers.firstValue("Retry-After").flatMap(this::retryAfter))
        .or(() ->
            RETRY_DELAY.matcher(body).results().findFirst().flatMap(r -> retryAfter(r.group(1))))
        .orElseGet(() -> ownPause(attempt));
  }

  private Duration ownPause(int attempt) {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << (attempt - 1));
    return doubled.compareTo(mostPause) < 0 ? doubled : mostPause;
  }

  private Optional<Duration> retryAfter(String value) {
    return duration(value, 3).or(() -> untilDate(value.strip()));
  }

  /// @param digits to the right of its point until there are milliseconds
  private static Optional<Duration> duration(String value, int digits) {
    try {
      BigDecimal given = new BigDecimal(value.strip()).min(A_DAY_IN_MILLIS);
      BigDecimal millis = given.movePointRight(digits).min(A_DAY_IN_MILLIS);
      return Optional.of(Duration.ofMillis(millis.longValue()))
          .filter(pause -> !pause.isNegative());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// In one of the three forms of an HTTP date (RFC 9110, section 5.6.7).
  private Optional<Duration> untilDate(String value) {
    return HTTP_DATES.stream()
        .flatMap(format -> parsed(value, format).stream())
        .findFirst()
        .map(date -> Duration.between(clock.instant(), date))
        .map(until -> until.isNegative() ? Duration.ZERO : until);
  }

  private static Optional<Instant> parsed(String value, DateTimeFormatter format) {
    try {
      return Optional.of(Instant.from(format.parse(value)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
