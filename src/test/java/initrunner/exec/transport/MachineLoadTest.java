package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineLoadTest {

  @ParameterizedTest
  @CsvSource({
    "0.11 0.04 0.01 1/120 77, 2, 1",
    "16.41 14.65 11.02 7/485 2908, 2, 9",
    "0.50 0.20 0.10 9/485 2908, 4, 3",
    "400.00 1.00 1.00 1/9999 1, 2, 10",
  })
  void aThreadWaitsAsManyTimesAsLongAsTasksWantOneProcessor(
      String load, int processors, int times) {
    assertThat(MachineLoad.times(load, processors)).isEqualTo(times);
  }

  @Test
  void aBoundIsNeverShorter() {
    assertThat(MachineLoad.stretched(Duration.ofMillis(200)))
        .isBetween(Duration.ofMillis(200), Duration.ofSeconds(2));
  }
}
