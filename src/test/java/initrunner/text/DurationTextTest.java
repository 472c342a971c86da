package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "30s, PT30S",
    "500ms, PT0.5S",
    "2m, PT2M",
    "1h30m, PT1H30M",
    "1d, PT24H",
    "30, PT30S",
    "1m500ms, PT1M0.5S"
  })
  void aLengthOfTimeIsReadAsPeopleTypeIt(String text, Duration expected) {
    assertThat(DurationText.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0s", "-1", "1.5s", "10 s", "s", "1x", "1h30", "9999999999s"})
  void anythingElseIsRefusedWithTheValueAndWhatIsAllowed(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DurationText.parse(text))
        .withMessageContaining("'" + text + "'")
        .withMessageContaining("500ms");
  }

  @ParameterizedTest
  @ValueSource(strings = {"200000d", "365d1ms", "999999999"})
  void moreThanAYearIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DurationText.parse(text))
        .withMessage("'" + text + "' is longer than 365d, which is the most");
  }

  @Test
  void partsAddUp() {
    assertThat(DurationText.parse("1h1h")).isEqualTo(Duration.ofHours(2));
  }
}
