package initrunner.ssh.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlPersistTest {

  @ParameterizedTest
  @CsvSource({
    "90, 90",
    "90s, 90",
    "10m, 600",
    "1h, 3600",
    "1H30M, 5400",
    "1d, 86400",
    "2w, 1209600",
    "no, 1",
    "false, 1",
  })
  void anIdleMasterStaysForThisManySeconds(String value, long seconds) {
    assertThat(ControlPersist.idleBound(value)).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "YES", "true", "0", "0s"})
  void anIdleMasterStaysAsLongAsWeDo(String value) {
    assertThat(ControlPersist.idleBound(value)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"no, 2s", "False, 2s", "1s, 2s", "1, 2s", "2s, 2s", "yes, yes", "0, 0", "10m, 10m"})
  void theClientIsGivenWhatLetsAMasterBeShared(String value, String option) {
    assertThat(ControlPersist.option(value)).isEqualTo(option);
  }
}
