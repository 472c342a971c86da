package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T08:30:00.000000+00:00, 2026-01-31T08:30:00Z",
    "2024-02-29T23:59:59.999999+00:00, 2024-02-29T23:59:59.999999Z",
    "2026-01-31T08:30:00+00:00,        2026-01-31T08:30:00Z",
    "2026-01-31T08:30:00.5Z,           2026-01-31T08:30:00.5Z",
    "2026-01-31T08:30:00.123456+01:00, 2026-01-31T07:30:00.123456Z",
  })
  void eachWritersFormIsRead(String text, String instant) {
    assertThat(Timestamps.parse(text)).contains(Instant.parse(instant));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "2026-13-31T08:30:00.000000+00:00",
        "2026-02-30T08:30:00.000000+00:00",
        "2026-01-31T24:00:00.000000+00:00",
        "2026-01-31T08:30:00.00000\u0661+00:00",
      })
  void whatIsNoTimeIsNone(String text) {
    assertThat(Timestamps.parse(text)).isEmpty();
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Instant instant = Instant.parse("2026-11-23T07:03:11.250001Z");
    assertThat(Timestamps.parse(Timestamps.format(instant))).contains(instant);
  }
}
