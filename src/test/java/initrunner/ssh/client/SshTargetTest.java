package initrunner.ssh.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SshTargetTest {

  private static SshTarget target(
      String host, @Nullable String configFile, @Nullable String identityFile) {
    return new SshTarget(
        host,
        Optional.ofNullable(identityFile).map(Path::of),
        Optional.ofNullable(configFile).map(Path::of),
        Duration.ofSeconds(10),
        "60s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "box   |             |       | ssh -G box",
        "box   | /r/c        |       | ssh -F /r/c -G box",
        "u@box |             | /k/id | ssh -i /k/id -G u@box",
        "box   | /r/c        | /k/id | ssh -F /r/c -i /k/id -G box",
        "box   | /my files/c |       | ssh -F '/my files/c' -G box",
        "a;b   | /it's/c     |       | ssh -F '/it'\"'\"'s/c' -G 'a;b'",
        "$(x)  | /a\\1$2/c   |       | ssh -F '/a\\1$2/c' -G '$(x)'",
      })
  void advisedCommandsReadTheFilesOfTheTarget(
      String host, @Nullable String configFile, @Nullable String identityFile, String typed) {
    assertThat(target(host, configFile, identityFile).inAdvice("{ssh} -G {host}")).isEqualTo(typed);
  }

  @Test
  void adviceNamesTheConfigurationThatIsRead() {
    assertThat(target("box", "/r/c", null).inAdvice("in {config}."))
        .isEqualTo("in /r/c, which stands in place of ~/.ssh/config.");
    assertThat(target("box", null, null).inAdvice("in {config}.")).isEqualTo("in ~/.ssh/config.");
  }

  @ParameterizedTest
  @CsvSource({
    "jump, jump",
    "u@jump, u@jump",
    "u@jump:2222, ssh://u@jump:2222",
    "[::1]:22, ssh://[::1]:22",
    "::1, ::1",
    "ssh://u@jump:22, ssh://u@jump:22",
  })
  void aJumpHostIsTypedAsADestination(String hop, String typed) {
    assertThat(target("box", "/r/c", "/k/id").jumpHost(hop).inAdvice("{ssh} {host} true"))
        .isEqualTo("ssh -F /r/c " + (typed.contains("[") ? "'" + typed + "'" : typed) + " true");
  }
}
