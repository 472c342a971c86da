package initrunner.role.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.RoleLoader;
import initrunner.role.Snippet;
import initrunner.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `control_persist` loads where the `ssh` of this machine takes the same for `ControlPersist`.
class OpenSshTimeTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "60",
        "60s",
        "1h30",
        "1H30M5S",
        "1w2d",
        "5s5s",
        "00000000000000000000001s",
        "yes",
        "no",
        "true",
        "2147483647s",
        "35791394m"
      })
  void whatOpenSshTakesLoads(String time) throws IOException, InterruptedException {
    assertThat(openSshTakes(time)).isTrue();
    assertThat(loads(time)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "60x",
        "s",
        "m5",
        "-1s",
        "1.5s",
        "1h 30m",
        "Yes",
        "TRUE",
        "on",
        "2147483648",
        "35791395m",
        "2147483647s1s",
        "99999999999999999999s",
        "1h-5m",
        "٣s"
      })
  void whatOpenSshRefusesDoesNotLoad(String time) throws IOException, InterruptedException {
    assertThat(openSshTakes(time)).isFalse();
    assertThat(loads(time)).isFalse();
  }

  private boolean loads(String time) throws IOException {
    Path file = directory.resolve("role.yaml");
    Files.writeString(file, Snippet.at("ssh").roleWith("control_persist: \"" + time + "\""));
    try {
      return RoleLoader.load(file).sandbox().ssh().orElseThrow().controlPersist().equals(time);
    } catch (ConfigException e) {
      return false;
    }
  }

  private static boolean openSshTakes(String time) throws IOException, InterruptedException {
    Process ssh =
        new ProcessBuilder(
                List.of("ssh", "-G", "-F", "none", "-o", "ControlPersist=" + time, "localhost"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return ssh.waitFor() == 0;
  }
}
