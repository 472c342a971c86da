package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Ended;
import initrunner.exec.Stop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShellStatusTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 124, 127, 255})
  void anExitStatusIsItself(int status) {
    assertThat(ShellStatus.of(new Ended.Exited(status))).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "HUP,129",
    "INT,130",
    "KILL,137",
    "SEGV,139",
    "PIPE,141",
    "TERM,143",
    "XCPU@openssh.com,152",
    "unknown,128",
    "NOSUCH,128"
  })
  void aSignalIs128AndItsNumber(String name, int status) {
    assertThat(ShellStatus.of(new Ended.Signaled(name))).isEqualTo(status);
  }

  @Test
  void whatIsNoEndOfItsOwnHasItsNumber() {
    assertThat(ShellStatus.of(new Ended.TimedOut(Stop.STOPPED))).isEqualTo(124);
    assertThat(ShellStatus.of(new Ended.Cancelled(Stop.UNKNOWN))).isEqualTo(130);
    assertThat(ShellStatus.of(new Ended.Lost("reset"))).isEqualTo(125);
  }
}
