package initrunner.agent;

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
