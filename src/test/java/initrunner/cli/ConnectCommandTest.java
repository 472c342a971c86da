package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectCommandTest {

  private static final String SCRIPT = "initrunner.script";

  @TempDir private Path home;

  @BeforeEach
  void beStartedByAScript() {
    System.setProperty(SCRIPT, "/opt/initrunner/initrunner");
  }

  @AfterEach
  void beStartedByNoScript() {
    System.clearProperty(SCRIPT);
  }

  private CapturedConsole run(int status, String... arguments) {
    CapturedConsole console = CapturedConsole.of(Map.of("HOME", home.toString()));
    List<String> line = new ArrayList<>(List.of("connect"));
    line.addAll(List.of(arguments));
    assertThat(console.run(line.toArray(String[]::new))).as(console.stderr()).isEqualTo(status);
    return console;
  }

  private CapturedConsole run(int status, String line) {
    return run(status, line.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          claude-code | .claude.json              | "mcpServers": {
          codex       | .codex/config.toml        | [mcp_servers.my-build-box]
          cursor      | .cursor/mcp.json          | "mcpServers": {
          vscode      | .config/Code/User/mcp.json | "servers": {
          zed         | .config/zed/settings.json | "context_servers": {
          gemini      | .gemini/settings.json     | "mcpServers": {
          """)
  void theLinesForEachClientAreShownAndWhatStaysLocal(String client, String file, String shown) {
    CapturedConsole console = run(ExitCodes.OK, client + " --host root@my-build-box --cwd /srv");

    assertThat(console.stdout())
        .contains(
            shown,
            "\"/opt/initrunner/initrunner\"",
            "[\"mcp\", \"--host\", \"root@my-build-box\", \"--cwd\", \"/srv\"]");
    assertThat(console.stderr())
        .startsWith("# " + home.resolve(file) + "\n")
        .contains("still act on this machine");
    assertThat(home).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({
    "claude-code, .claude.json",
    "codex, .codex/config.toml",
    "cursor, .cursor/mcp.json",
    "vscode, .config/Code/User/mcp.json",
    "zed, .config/zed/settings.json",
    "gemini, .gemini/settings.json"
  })
  void whatIsShownIsWhatIsWrittenAndRemoved(String client, String file) throws Exception {
    String shown = run(ExitCodes.OK, client + " --host box").stdout();
    CapturedConsole written = run(ExitCodes.OK, client + " --host box --write --yes");

    assertThat(home.resolve(file)).hasContent(shown);
    assertThat(written.stdout())
        .startsWith("--- /dev/null\n+++ " + home.resolve(file) + "\n@@ -1,0 +1,");
    assertThat(written.stderr()).startsWith("Wrote " + home.resolve(file) + ".\n");
    assertThat(run(ExitCodes.OK, client + " --host box --write").stderr())
        .startsWith("There is nothing to do.");

    CapturedConsole removed = run(ExitCodes.OK, client + " --name box --remove --yes");
    assertThat(removed.stdout()).contains("+++ /dev/null\n");
    assertThat(home.resolve(file)).doesNotExist();
    assertThat(run(ExitCodes.OK, client + " --name box --remove").stderr())
        .isEqualTo(
            "There is nothing to do: nothing of box is in "
                + looked(client, file)
                + ".\nWith --project, connect looks into the files of this directory's project.\n");
  }

  private String looked(String client, String file) {
    String also =
        switch (client) {
          case "claude-code" -> ", " + home.resolve(".claude/settings.json");
          case "codex" -> ", " + home.resolve(".codex/environments.toml");
          default -> "";
        };
    return home.resolve(file) + also;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--only-host", "--bash-on-host"})
  void allOfAConnectIsTakenOutAgainByTheHost(String option) {
    run(ExitCodes.OK, "claude-code --host box --cwd /srv --write --yes " + option);
    assertThat(home.resolve(".claude/settings.json")).exists();
    assertThat(run(ExitCodes.OK, "claude-code --host box --remove --yes").stderr())
        .contains(".claude.json, which had nothing", "settings.json, which had nothing");
    assertThat(home.resolve(".claude.json")).doesNotExist();
    assertThat(home.resolve(".claude")).isEmptyDirectory();
  }

  @Test
  void anEndAtTheQuestionWritesNothing() throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PipedInputStream(new PipedOutputStream()),
            said,
            said,
            Map.of("HOME", home.toString()),
            Console.Output.OTHER,
            Console.Output.OTHER,
            Console.Output.TERMINAL);
    Thread.currentThread().interrupt();
    int status = Main.run(new String[] {"connect", "cursor", "--host", "box", "--write"}, console);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(status).isEqualTo(130);
    assertThat(said.toString(StandardCharsets.UTF_8)).endsWith("\nNothing was written.\n");
    assertThat(home).isEmptyDirectory();
  }

  private Path role(String name, String backend) throws Exception {
    return Files.writeString(
        home.resolve("role.yaml"),
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: %s
        spec:
          role: You are brief.
          tools:
            - type: shell
            - type: filesystem
              read_only: true
          security:
            sandbox:
              backend: %s
        """
            .formatted(name, backend));
  }

  @Test
  void aRoleOfThisMachineHasNoSwitchAndSaysWhereItActs() throws Exception {
    Path role = role("here", "none");
    assertThat(run(ExitCodes.USAGE, "claude-code", role.toString(), "--only-host").stderr())
        .contains("--only-host would keep nothing off this machine: ", "(backend: none)");
    assertThat(run(ExitCodes.OK, "claude-code", role.toString()).stderr())
        .contains("The tools of here act on this machine")
        .doesNotContain("on the host");
  }

  @Test
  void aRoleOfALocalSandboxActsOnNoHost() throws Exception {
    assertThat(run(ExitCodes.OK, "codex", role("box", "docker").toString()).stderr())
        .contains("in the role's sandbox on this machine")
        .doesNotContain("host:", "the host");
  }

  @Test
  void zedsProfileHasTheToolsThatTheServerServes() throws Exception {
    assertThat(run(ExitCodes.OK, "zed --host box --tools git --only-host").stdout())
        .contains("\"git_commit\": true")
        .doesNotContain("run_shell");
    Path role = role("reader", "ssh\n      ssh:\n        host: box");
    assertThat(run(ExitCodes.OK, "zed", role.toString(), "--only-host").stdout())
        .contains("\"run_shell\": true", "\"read_file\": true")
        .doesNotContain("write_file", "run_python");
  }

  @Test
  void aRoleHasItsOwnNameAndItsAbsolutePath() throws Exception {
    Path role =
        Files.writeString(
            home.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: build-helper
            spec:
              role: You are brief.
              tools:
                - type: think
            """);
    CapturedConsole console = run(ExitCodes.OK, "zed", role.toString());

    assertThat(console.stdout())
        .contains(
            "\"build-helper\": {", "[\"mcp\", \"" + role + "\"]", "[\"acp\", \"" + role + "\"]");
  }

  @Test
  void theDifferenceIsShownAndAPersonIsAsked() throws Exception {
    Path file = home.resolve(".claude.json");
    String token = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a";
    Files.writeString(file, "{\n  \"token\": \"" + token + "\"\n}\n");
    assertThat(answer("n")).contains("Write that? (y/n) ", "Nothing was written.");
    assertThat(file).content().doesNotContain("box");
    assertThat(answer("y"))
        .contains(
            "@@ -1,3 +1,",
            "-  \"token\": \"[REDACTED]\"",
            "+  \"token\": \"[REDACTED]\",",
            "Wrote " + file + "; as it was before: " + file + ".before-box.");
    assertThat(file).content().contains(token, "box");
  }

  private String answer(String typed) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream((typed + "\n").getBytes(StandardCharsets.UTF_8)),
            said,
            said,
            Map.of("HOME", home.toString()),
            Console.Output.OTHER,
            Console.Output.OTHER,
            Console.Output.TERMINAL);
    Main.run(new String[] {"connect", "claude-code", "--host", "box", "--write"}, console);
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void withoutATerminalTheAnswerIsAnOption() {
    CapturedConsole console = run(ExitCodes.USAGE, "cursor --host box --write");
    assertThat(console.stdout()).contains("+++ ");
    assertThat(console.stderr()).contains("then give --yes");
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void aFileThatCannotBeReadAsItsFormatIsNamed() throws Exception {
    Files.writeString(home.resolve(".claude.json"), "{\n,}");
    assertThat(run(ExitCodes.USAGE, "claude-code --host box --write --yes").stderr())
        .contains(".claude.json:2:1: a name in quotes or } belongs here");
  }

  @Test
  void codexHasOnlyTheHostByItsEnvironments() throws Exception {
    run(ExitCodes.OK, "codex --host box --cwd /srv --only-host --write --yes");
    assertThat(home.resolve(".codex/environments.toml"))
        .hasContent(
            """
            default = "box"
            include_local = false

            [[environments]]
            id = "box"
            program = "/opt/initrunner/initrunner"
            args = ["exec-server", "--host", "box", "--cwd", "/srv"]
            """);
  }

  @Test
  void geminiKeepsTheToolsOfTheServerBesideThoseOfTheWeb() {
    assertThat(run(ExitCodes.OK, "gemini --host box --only-host").stdout())
        .contains("\"core\": [\"google_web_search\", \"web_fetch\", \"mcp_box_*\"]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          claude                              | the client is 'claude'; allowed is claude-code, codex, cursor, vscode, zed, gemini; did you mean claude-code?
          cursor                              | there is neither a role nor a --host
          cursor --remove                     | there is neither a role nor a --host nor a --name
          cursor r.yaml --host box            | both a role (r.yaml) and --host are given
          cursor r.yaml --cwd /srv            | --cwd and --tools are for --host
          cursor --host box --tools shel      | --tools is 'shel'; allowed is shell, python
          cursor --host -oX                   | --host is '-oX'; allowed is an alias
          cursor --host box --name a_b        | --name is 'a_b'; allowed are letters, digits and -
          cursor --host box --yes             | --yes is for --write and --remove
          cursor --host box --write --remove  | both --write and --remove are given
          cursor --host box --only-host       | Cursor has no setting that switches its own tools off
          vscode --host box --only-host       | VS Code has no setting that switches its own tools off
          gemini --host box --bash-on-host    | --bash-on-host is for claude-code
          codex --host box --only-host --project | Codex has environments for all projects only
          zed --host box --only-host --project   | Zed has profiles in the user's settings only
          claude-code --host b --only-host --bash-on-host | both --only-host and --bash-on-host
          """)
  void aWrongCommandLineIsRefusedAndSaysWhatIsAllowed(String line, String message) {
    assertThat(run(ExitCodes.USAGE, line).stderr()).startsWith("initrunner: " + message);
  }

  @Test
  void withoutTheStartScriptThereIsNothingForAClientToStart() {
    System.clearProperty(SCRIPT);
    assertThat(run(ExitCodes.USAGE, "cursor --host box").stderr())
        .contains("was not started by the initrunner script");
  }
}
