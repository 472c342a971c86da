package initrunner.ssh.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class KeepAliveGuessTest {

  @TempDir Path directory;

  private static boolean isNone(Path file) {
    return KeepAliveGuess.isNone(
        new SshTarget(
            "somewhere", Optional.empty(), Optional.of(file), Duration.ofSeconds(1), "10m"));
  }

  private boolean isNone(String text) throws IOException {
    return isNone(Files.writeString(directory.resolve("config"), text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Host a\n  User b\n",
        "# ServerAliveInterval 60\n  # include more\n",
        "Include /etc/ssh/ssh_config.d/*.conf\n",
      })
  void aConfigurationThatSpeaksOfNoneHasNone(String text) throws IOException {
    assertThat(isNone(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ServerAliveInterval 60",
        "Host a\n\tserveraliveinterval=60\n",
        "Match host b\n  \"ServerAliveInterval\" 60\n",
        "Include more",
        "Host a\n  include=\"~/.ssh/more\"\n",
        "ServerAliveCountMax 5",
      })
  void oneThatMayHaveOneIsNotSure(String text) throws IOException {
    assertThat(isNone(text)).isFalse();
  }

  @Test
  void aFileThatIsNotThereHasNone() {
    assertThat(isNone(directory.resolve("none"))).isTrue();
  }

  @Test
  void aPipeIsLeftToSsh() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThat(isNone(pipe)).isFalse();
  }
}
