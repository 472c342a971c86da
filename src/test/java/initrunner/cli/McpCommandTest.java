package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The command line of `mcp`; what it says to clients is in `door.mcp`.
class McpCommandTest {

  @TempDir private Path directory;

  private CapturedConsole run(String... arguments) {
    CapturedConsole console =
        CapturedConsole.withStdin(
            "", Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    assertThat(console.run(arguments)).isEqualTo(ExitCodes.USAGE);
    return console;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mcp                                | there is neither a role nor a --host
          mcp role.yaml --host box           | both a role (role.yaml) and --host are given
          mcp role.yaml --cwd /srv           | --cwd and --tools are for --host
          mcp role.yaml --tools shell        | --cwd and --tools are for --host
          mcp --host box --tools shel        | --tools is 'shel'; allowed is shell, python, filesystem, git
          mcp --host -oProxyCommand=x        | --host is '-oProxyCommand=x'; allowed is an alias
          mcp --host box --no-audit --audit-db x | --no-audit keeps no audit log
          """)
  void aWrongCommandLineIsRefusedAndSaysWhatIsAllowed(String line, String message) {
    CapturedConsole console = run(line.split(" "));

    assertThat(console.stderr()).startsWith("initrunner: " + message);
    assertThat(console.stdout()).isEmpty();
  }

  @Test
  void aRoleWithFaultsServesNothing() throws Exception {
    Path role = Files.writeString(directory.resolve("role.yaml"), "kind: Agnt\n");

    CapturedConsole console = run("mcp", role.toString());

    assertThat(console.stderr()).contains("did you mean Agent?");
  }

  @Test
  void theServerEndsWithItsInput() throws Exception {
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: local
            spec:
              role: You are brief.
              tools:
                - type: think
            """);
    CapturedConsole console =
        CapturedConsole.withStdin(
            "", Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));

    assertThat(console.run("mcp", role.toString())).isEqualTo(ExitCodes.OK);
  }
}
