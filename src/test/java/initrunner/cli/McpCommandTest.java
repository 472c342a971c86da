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
          mcp role.yaml --cwd /srv           | --cwd is for --host
          mcp role.yaml --tools shell        | --tools is for --host
          mcp my-build-box                   | there is no role file my-build-box; if that is a host
          mcp --host box --tools shel        | --tools is 'shel'; allowed is shell, python, filesystem, git, jobs, ports
          mcp --host -oProxyCommand=x        | --host is '-oProxyCommand=x'; allowed is an alias
          mcp --host box --no-audit --audit-db x | --no-audit keeps no audit log
          mcp --host box --http 8931         | --http is '8931'; allowed is ADDRESS:PORT
          mcp --host box --http 127.0.0.1:x  | --http is '127.0.0.1:x'; allowed is ADDRESS:PORT
          mcp --host box --http ::1:8931     | --http is '::1:8931'; allowed is ADDRESS:PORT
          mcp --host box --http 127.0.0.1:65536 | --http has port 65536; allowed is 0 to 65535
          mcp --host box --http here:8931    | --http has the address 'here'; allowed is an address
          mcp --host box --http 0.0.0.0:8931 | --http has the address 0.0.0.0, which other machines can reach
          mcp --host box --http [::]:8931    | --http has the address [::], which other machines can reach
          mcp --host box --http 0.0.0.0:1 --listen http://x | --listen is 'http://x'; allowed is the name
          mcp --host box --listen x          | --listen is for --http
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
