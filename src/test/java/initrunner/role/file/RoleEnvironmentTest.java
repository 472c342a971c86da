package initrunner.role.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.role.summary.RoleSummary;
import initrunner.role.tools.ShellSettings;
import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The sources of `${NAME}` and of keys, and what messages show of them.
class RoleEnvironmentTest {

  @TempDir private Path directory;
  private Path home;
  private Path file;

  @BeforeEach
  void makeDirectories() throws IOException {
    home = Files.createDirectory(directory.resolve("home"));
    file = Files.createDirectory(directory.resolve("project")).resolve("role.yaml");
  }

  @Test
  void theEnvironmentWinsOverTheRolesFileAndThatOverTheUsers() throws IOException {
    Files.writeString(home.resolve(".env"), "A=user\nB=user\nC=user\n");
    Files.writeString(file.resolveSibling(".env"), "A=role\nB=role\n");

    assertThat(RoleEnvironment.of(file, home, Map.of("A", "process")).values())
        .isEqualTo(Map.of("A", "process", "B", "role", "C", "user"));
  }

  @Test
  void noFileIsNeeded() {
    assertThat(RoleEnvironment.of(file, directory.resolve("none"), Map.of("A", "1")).values())
        .isEqualTo(Map.of("A", "1"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "KEY=value|value",
        "  export KEY =  value  |value",
        "KEY=|~~",
        "KEY=a b # comment|a b",
        "KEY=a#b|a#b",
        "KEY= # comment|~~",
        "KEY='a \\n # \"b' # comment|a \\n # \"b",
        "KEY=\"a \\\"b\\\" \\\\ # c\"|a \"b\" \\ # c",
        "KEY=\"$x ${y} \\z\"|$x ${y} \\z",
        "KEY=a=b|a=b",
        "KEY=a# b|a# b",
        "KEY='' # comment|~~",
        "KEY=\"\"# comment|~~",
      })
  void aLineIsANameAndAValue(String line, String value) throws IOException {
    Files.writeString(file.resolveSibling(".env"), "# a comment\n\n" + line + "\r\n");

    assertThat(RoleEnvironment.of(file, home, Map.of()).values()).isEqualTo(Map.of("KEY", value));
  }

  @Test
  void anEscapeOfALineBreakIsOne() throws IOException {
    Files.writeString(file.resolveSibling(".env"), "KEY=\"a\\nb\\tc\"\n");

    assertThat(RoleEnvironment.of(file, home, Map.of()).values())
        .isEqualTo(Map.of("KEY", "a\nb\tc"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"_", "A", "Z", "a", "z", "A0", "_9", "exporting", "export", "a_Z9"})
  void aNameHasLettersDigitsAndUnderscores(String name) throws IOException {
    Files.writeString(file.resolveSibling(".env"), name + "=1\n");

    assertThat(RoleEnvironment.of(file, home, Map.of()).values()).isEqualTo(Map.of(name, "1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9=1",
        "@=1",
        "[=1",
        "`=1",
        "{=1",
        "A/=1",
        "A:=1",
        "é=1",
        "=1",
        "A",
        "export",
        "export A",
        "export 9=1",
        "A B=1",
        "A='x'y",
        "A='x",
        "A=\"x\"y",
        "A=\"x",
        "A=\"x\\",
        "A='"
      })
  void aLineThatIsNoVariableIsRefused(String line) throws IOException {
    Path env = Files.writeString(file.resolveSibling(".env"), "\n" + line + "\n");

    assertThatThrownBy(() -> RoleEnvironment.of(file, home, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(env + ":2:1: ");
  }

  @Test
  void aFileOfOneMebibyteIsReadAndALargerOneIsNot() throws IOException {
    String whole = "A=1\n#" + "x".repeat((1 << 20) - 5);
    Path env = Files.writeString(file.resolveSibling(".env"), whole);
    assertThat(RoleEnvironment.of(file, home, Map.of()).values()).isEqualTo(Map.of("A", "1"));

    Files.writeString(env, whole + "x");
    assertThatThrownBy(() -> RoleEnvironment.of(file, home, Map.of()))
        .hasMessageContaining("is larger than 1 MiB");
  }

  @Test
  void everyLineThatCannotBeReadIsNamedByItsNumberAlone() throws IOException {
    Path env = Files.writeString(file.resolveSibling(".env"), "A=1\nhunter2\nB='hunter2\n");

    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleEnvironment.of(file, home, Map.of()));

    assertThat(refused)
        .hasMessage(
            env
                + ":2:1: is no variable, allowed is NAME=value; correct the line\n"
                + env
                + ":3:1: B has a quote that is not closed, or something behind it; write "
                + "NAME=\"value\" on one line");
  }

  @Test
  void aVariableIsReplacedWhereTheRoleIsUsedAndNowhereElse() throws IOException {
    write(
        """
        name: a
        prompt: Say ${X}.
        model:
          provider: acme
          name: m
          base_url: https://${X}/v1
          extra_headers: {Authorization: 'Bearer ${SECRET}'}
        tools: [{type: shell, working_dir: '/srv/${X}', blocked_commands: ['${X}']}]
        security: {sandbox: {backend: ssh, ssh: {host: 'me@${X}', remote_cwd: '$${X}'}}}
        """);

    Role seen = RoleLoader.load(file);
    Role used = RoleLoader.load(file, Map.of("X", "box", "SECRET", "hunter2"));

    assertThat(host(seen)).isEqualTo("me@${X}");
    assertThat(RoleSummary.of(seen)).contains("at https://${X}/v1", "on me@${X} over ssh");
    assertThat(host(used)).isEqualTo("me@box");
    assertThat(used.sandbox().ssh().orElseThrow().remoteCwd()).contains("${X}");
    assertThat(used.model().orElseThrow().baseUrl().orElseThrow()).hasToString("https://box/v1");
    assertThat(used.model().orElseThrow().additions().headers())
        .isEqualTo(Map.of("Authorization", "Bearer hunter2"));
    assertThat(used.prompt()).isEqualTo("Say ${X}.");
    assertThat(((ShellSettings) used.tools().getFirst().tool()).workingDir()).contains("/srv/box");
    assertThat(((ShellSettings) used.tools().getFirst().tool()).blockedCommands())
        .containsExactly("${X}");
    assertThat(used.toString()).doesNotContain("hunter2");
  }

  @Test
  void anAddressThatIsOneOnlyWithItsVariablesIsShownAsItIsWritten() throws IOException {
    write(
        """
        name: a
        prompt: b
        model: {provider: acme, name: m, base_url: '${LLM_SERVER}:8000/v1'}
        """);

    Role used = RoleLoader.load(file, Map.of("LLM_SERVER", "http://box"));

    assertThat(RoleSummary.of(RoleLoader.load(file))).contains("at ${LLM_SERVER}:8000/v1");
    assertThat(used.model().orElseThrow().baseUrl().orElseThrow())
        .hasToString("http://box:8000/v1");
  }

  @Test
  void everyVariableThatIsNotSetIsNamedWhereItStands() throws IOException {
    write(
        """
        name: a
        prompt: b
        security:
          sandbox:
            backend: ssh
            ssh: {host: '${HOST}', remote_cwd: '${DIR}/${EMPTY}'}
        """);

    assertThat(faults(Map.of("EMPTY", "")))
        .containsExactly(
            file
                + ":6:17: security.sandbox.ssh.host: needs variable HOST, which is not set, got "
                + "\"${HOST}\", allowed is a variable that is set and not empty; export HOST=…, or "
                + "write it into .env beside the role",
            file
                + ":6:40: security.sandbox.ssh.remote_cwd: needs variable DIR, which is not set, "
                + "got \"${DIR}/${EMPTY}\", allowed is a variable that is set and not empty; export "
                + "DIR=…, or write it into .env beside the role",
            file
                + ":6:40: security.sandbox.ssh.remote_cwd: needs variable EMPTY, which is not set, "
                + "got \"${DIR}/${EMPTY}\", allowed is a variable that is set and not empty; export "
                + "EMPTY=…, or write it into .env beside the role");
  }

  @Test
  void theRulesHoldForWhatComesOfAVariableAndItsValueIsNotShown() throws IOException {
    write(
        """
        name: a
        prompt: b
        security: {sandbox: {backend: ssh, ssh: {host: '${HOST}', identity_file: '${KEY}'}}}
        """);

    assertThat(faults(Map.of("HOST", "-oProxyCommand=${x}", "KEY", "/nowhere/${y}")))
        .satisfiesExactly(
            host ->
                assertThat(host).contains("begins with -, got \"${HOST}\"").doesNotContain("Proxy"),
            key ->
                assertThat(key)
                    .contains("does not exist, got \"${KEY}\"")
                    .doesNotContain("nowhere"));
  }

  @Test
  void whatBeginsLikeAVariableAndIsNoneIsAFault() throws IOException {
    write("{name: a, prompt: b, tools: [{type: shell, working_dir: '${HOME:-/x}'}]}");
    String fault =
        file
            + ":1:57: tools[0].working_dir: holds ${ that begins no variable, got \"${HOME:-/x}\", "
            + "allowed is ${NAME} with the name of a variable, or $${ for ${ itself; correct it, or "
            + "write $${";

    assertThat(faults(Map.of())).containsExactly(fault);
    assertThat(faults(Optional.empty())).containsExactly(fault);
  }

  private static String host(Role role) {
    return role.sandbox().ssh().orElseThrow().host();
  }

  private void write(String role) throws IOException {
    Files.writeString(file, role);
  }

  private List<String> faults(Map<String, String> environment) {
    return faults(Optional.of(RoleEnvironment.ofProcess(environment)));
  }

  private List<String> faults(Optional<RoleEnvironment> environment) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(file, home, environment));
    return refused.faults().stream().map(ConfigFault::toString).toList();
  }
}
