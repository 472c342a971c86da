package initrunner.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SinceTest {

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneId.of("Asia/Tokyo"));

  @ParameterizedTest
  @CsvSource({
    "30s, 2026-01-31T11:59:30Z",
    "15m, 2026-01-31T11:45:00Z",
    "2h, 2026-01-31T10:00:00Z",
    "7d, 2026-01-24T12:00:00Z",
    "1w, 2026-01-24T12:00:00Z",
    "2026-01-30, 2026-01-30T00:00:00Z",
    "2026-01-30T08:15, 2026-01-30T08:15:00Z",
    "2026-01-30 08:15:30, 2026-01-30T08:15:30Z",
    "2026-01-30T08:15:30Z, 2026-01-30T08:15:30Z",
    "2026-01-30T08:15:30.123456+00:00, 2026-01-30T08:15:30.123456Z",
    "2026-01-30T08:15:30+02:00, 2026-01-30T06:15:30Z",
  })
  void aTimeAgoADateOrADateAndTimeIsMeant(String text, Instant meant) {
    assertThat(Since.parse(text, NOON)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "3x",
        "-2h",
        "h",
        "2 h",
        "yesterday",
        "2026-02-30",
        "2026-01",
        "12:00",
        "99999999d"
      })
  void anythingElseIsRefusedWithWhatIsAllowed(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Since.parse(text, NOON))
        .withMessageContaining("'" + text + "'")
        .withMessageContaining("15m, 2h or 7d");
  }
}
