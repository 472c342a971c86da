package initrunner.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

  private static final RetryPolicy POLICY =
      new RetryPolicy(
          3,
          Duration.ofSeconds(60),
          pause -> {},
          Clock.fixed(Instant.parse("2026-05-01T10:00:00Z"), ZoneOffset.UTC));

  @Test
  void secondsAndFractionsOfThemAreWaited() {
    assertThat(POLICY.pauseAfter(1, headers("20"), "")).isEqualTo(Duration.ofSeconds(20));
    assertThat(POLICY.pauseAfter(1, headers("0"), "")).isEqualTo(Duration.ZERO);
    assertThat(POLICY.pauseAfter(1, headers("1.25"), "")).isEqualTo(Duration.ofMillis(1250));
  }

  @Test
  void aDateIsWaitedFor() {
    assertThat(POLICY.pauseAfter(1, headers("Fri, 01 May 2026 10:00:30 GMT"), ""))
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(POLICY.pauseAfter(1, headers("Fri, 01 May 2026 09:00:00 GMT"), ""))
        .isEqualTo(Duration.ZERO);
  }

  @Test
  void aDateInAnyFormOfHttpIsWaitedFor() {
    for (String date :
        List.of(
            "Fri, 01 May 2026 10:00:30 GMT",
            "Friday, 01-May-26 10:00:30 GMT",
            "Fri May  1 10:00:30 2026")) {
      assertThat(POLICY.pauseAfter(1, headers(date), ""))
          .as(date)
          .isEqualTo(Duration.ofSeconds(30));
    }
  }

  @Test
  void millisecondsCountBeforeSeconds() {
    HttpHeaders both =
        HttpHeaders.of(
            Map.of("retry-after-ms", List.of("1500.7"), "Retry-After", List.of("20")),
            (_, _) -> true);
    HttpHeaders unusable =
        HttpHeaders.of(
            Map.of("retry-after-ms", List.of("soon"), "Retry-After", List.of("20")),
            (_, _) -> true);

    assertThat(POLICY.pauseAfter(1, both, "")).isEqualTo(Duration.ofMillis(1500));
    assertThat(POLICY.pauseAfter(1, unusable, "")).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void aWishBeyondAllNumbersIsADay() {
    for (String far : List.of("1e999999999", "99999999999999999999", "1e2147483647")) {
      assertThat(POLICY.pauseAfter(1, headers(far), "")).as(far).isEqualTo(Duration.ofDays(1));
    }
  }

  @Test
  void aServerMaySayWhetherThereIsUseInAskingAgain() {
    assertThat(RetryPolicy.isTransient(429, should("false"))).isFalse();
    assertThat(RetryPolicy.isTransient(409, should("true"))).isTrue();
    assertThat(RetryPolicy.isTransient(429, should("maybe"))).isTrue();
    assertThat(RetryPolicy.isTransient(409, should("maybe"))).isFalse();
  }

  private static HttpHeaders should(String value) {
    return HttpHeaders.of(Map.of("x-should-retry", List.of(value)), (_, _) -> true);
  }

  @Test
  void aWishInTheErrorObjectCountsWhereNoHeaderHasOne() {
    String body = "{\"error\":{\"details\":[{\"retryDelay\": \"7.5s\"}]}}";

    assertThat(POLICY.pauseAfter(1, headers("soon"), body)).isEqualTo(Duration.ofMillis(7500));
    assertThat(POLICY.pauseAfter(1, headers("3"), body)).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void withoutAUsableWishThePauseDoubles() {
    assertThat(POLICY.pauseAfter(1, HttpHeaders.of(Map.of(), (name, value) -> true), ""))
        .isEqualTo(Duration.ofMillis(500));
    assertThat(POLICY.pauseAfter(2, headers("soon"), "")).isEqualTo(Duration.ofSeconds(1));
    assertThat(POLICY.pauseAfter(2, headers("-5"), "")).isEqualTo(Duration.ofSeconds(1));
    assertThat(POLICY.pauseAfter(2, headers("NaN"), "")).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void ourOwnPauseNeverGrowsBeyondTheLongestThatAServerMayWishFor() {
    RetryPolicy patient = POLICY.with(10, Duration.ofSeconds(1));
    HttpHeaders none = HttpHeaders.of(Map.of(), (name, value) -> true);

    assertThat(patient.pauseAfter(1, none, "")).isEqualTo(Duration.ofMillis(500));
    assertThat(patient.pauseAfter(9, none, "")).isEqualTo(Duration.ofSeconds(1));
    assertThat(patient.pauseAfter(1, headers("20"), "")).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void onlyWhatMaySucceedLaterIsTransient() {
    assertThat(List.of(408, 429, 500, 502, 503, 504, 520, 524, 529))
        .allMatch(RetryPolicy::isTransient);
    assertThat(List.of(400, 401, 403, 404, 413, 501, 505)).noneMatch(RetryPolicy::isTransient);
  }

  private static HttpHeaders headers(String retryAfter) {
    return HttpHeaders.of(Map.of("Retry-After", List.of(retryAfter)), (name, value) -> true);
  }
}
