package initrunner.ssh.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginProbeTest {

  private static final String OWN = "it's a\\\\b\\c!d\ne$f é \"0123|name=value|input 0123|";

  private final LoginProbe probe = new LoginProbe("0123", "@initrunner-4567");

  /// As where the connection is cut behind the probe's output.
  @ParameterizedTest
  @CsvSource({"'', '', ''", "'', Broken pipe, Broken pipe", "No shell., '', No shell."})
  void whatTheProbeItselfHasPrintedIsNothingThatSshSaid(String stdout, String stderr, String said) {
    for (String forced : new String[] {"|", "forced|"}) {
      SshClient.Answer answer =
          new SshClient.Answer(
              255,
              stdout + "@initrunner-4567\n" + OWN + forced,
              "@initrunner-4567\ninput 0123\n" + stderr);
      assertThat(probe.said(answer)).isEqualTo(said);
    }
  }
}
