package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The command line of `exec-server`; what it says to Codex is in `door.codex`.
class ExecServerCommandTest {

  @TempDir private Path directory;

  private CapturedConsole run(int status, String... arguments) {
    CapturedConsole console =
        CapturedConsole.withStdin(
            "", Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    assertThat(console.run(arguments)).isEqualTo(status);
    return console;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          exec-server                              | there is neither a role nor a --host
          exec-server role.yaml --host box         | both a role (role.yaml) and --host are given
          exec-server role.yaml --cwd /srv         | --cwd is for --host
          exec-server --host -oProxyCommand=x      | --host is '-oProxyCommand=x'; allowed is an alias
          exec-server --host box --no-audit --audit-db x | --no-audit keeps no audit log
          """)
  void aWrongCommandLineIsRefusedAndSaysWhatIsAllowed(String line, String message) {
    CapturedConsole console = run(ExitCodes.USAGE, line.split(" "));

    assertThat(console.stderr()).startsWith("initrunner: " + message);
    assertThat(console.stdout()).isEmpty();
  }

  @Test
  void theServerEndsWithItsInput() {
    assertThat(run(ExitCodes.OK, "exec-server", "--host", "box").stdout()).isEmpty();
  }
}
