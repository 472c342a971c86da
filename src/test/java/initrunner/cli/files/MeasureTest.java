package initrunner.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeasureTest {

  private static final Measure HALF = new Measure(19_500_000, 39_000_000, 2_500, 5_000, 3_250_000);

  @Test
  void aNarrowTerminalSeesWhatMattersMost() {
    assertThat(HALF.line(99))
        .isEqualTo(
            " 50%  19.5 of 39.0 MB  2,500 of 5,000 files  3.3 MB/s  6 s left  ████████████░░░░░░░░░░░░");
    assertThat(HALF.line(79))
        .isEqualTo(" 50%  19.5 of 39.0 MB  2,500 of 5,000 files  3.3 MB/s  6 s left  ██████░░░░░░");
    assertThat(HALF.line(69))
        .isEqualTo(" 50%  19.5 of 39.0 MB  2,500 of 5,000 files  3.3 MB/s  6 s left");
    assertThat(HALF.text())
        .isEqualTo("50%  19.5 of 39.0 MB  2,500 of 5,000 files  3.3 MB/s  6 s left");
    assertThat(HALF.line(39)).isEqualTo(" 50%  19.5 of 39.0 MB  6 s left");
    assertThat(HALF.line(12)).isEqualTo(" 50%");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 10, 20, 30, 39, 40, 50, 60, 79, 80, 120, 200})
  void theLineFits(int columns) {
    assertThat(HALF.line(columns).length()).isLessThanOrEqualTo(columns);
  }

  @Test
  void whatIsMovedIsChecked() {
    assertThat(new Measure(10, 10, 1, 1, 5).line(60))
        .startsWith("100%  10 of 10 bytes  1 of 1 file  checking");
    assertThat(new Measure(0, 0, 1, 4, 0).line(24)).startsWith(" 25%  0 of 0 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "1, 1 byte",
    "999, 999 bytes",
    "1000, 1.0 kB",
    "999949, 999.9 kB",
    "999999, 1.0 MB",
    "39000000, 39.0 MB",
    "1073741824, 1.07 GB"
  })
  void bytesHaveAUnitThatOneReads(long bytes, String text) {
    assertThat(AmountText.bytes(bytes)).isEqualTo(text);
  }

  @Test
  void timesHaveOne() {
    assertThat(AmountText.time(Duration.ofMillis(340))).isEqualTo("0.3 s");
    assertThat(AmountText.time(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
    assertThat(AmountText.wholeTime(7_500)).isEqualTo("2 h 5 min");
    assertThat(AmountText.count(1, "directory")).isEqualTo("1 directory");
    assertThat(AmountText.count(5_000, "directory")).isEqualTo("5,000 directories");
  }
}
