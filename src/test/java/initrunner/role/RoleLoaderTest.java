package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import initrunner.role.file.RoleText;
import initrunner.role.model.ModelSettings;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.tools.ShellSettings;
import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which files can be roles, and which YAML they may use.
class RoleLoaderTest {

  private static final String ROLE =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata: {name: build-agent}
      spec:
        role: You build.
      """;

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("role.yaml");
  }

  @Test
  void theShortestRoleHasEveryDefault() throws IOException {
    Role role = loadText(ROLE);

    assertThat(role.model()).isEmpty();
    assertThat(role.tools()).isEmpty();
    assertThat(role.sandbox()).isEqualTo(SandboxSettings.DEFAULT);
    assertThat(role.guardrails()).isEqualTo(Guardrails.DEFAULT);
    assertThat(role.file()).isEqualTo(file).isAbsolute();
  }

  @Test
  void anEmptySectionHasTheDefaultsOfAnAbsentOne() throws IOException {
    String more = "  security: {sandbox: {docker: {}}}\n  guardrails: {}\n  model:\n";

    assertThat(loadText(ROLE + more)).isEqualTo(loadText(ROLE));
  }

  @Test
  void anEmptyModelHasTheDefaultsOfItsFields() throws IOException {
    ModelSettings model = loadText(ROLE + "  model: {}\n").model().orElseThrow();

    assertThat(model.provider()).isEmpty();
    assertThat(model.temperature()).isEqualTo(0.1);
    assertThat(model.maxTokens()).isEqualTo(4096);
  }

  @Test
  void numbersMayStandInQuotesAndInOtherBases() throws IOException {
    String more = "  guardrails: {timeout_seconds: '60', max_tool_calls: 0x10}\n";

    assertThat(loadText(ROLE + more).guardrails().timeout().toSeconds()).isEqualTo(60);
    assertThat(loadText(ROLE + more).guardrails().maxToolCalls()).isEqualTo(16);
  }

  @Test
  void confirmationThatIsNotRequiredLoads() throws IOException {
    String more = "  tools: [{type: shell, require_confirmation: false}]\n";

    assertThat(loadText(ROLE + more).tools()).hasSize(1);
  }

  @Test
  void aTemplateOfAnotherLanguageIsNoVariable() throws IOException {
    String role = ROLE.replace("You build.", "'Use {{ .Values.x }} and ${HOME} and { {x} }.'");

    assertThat(loadText(role).prompt()).isEqualTo("Use {{ .Values.x }} and ${HOME} and { {x} }.");
  }

  @Test
  void aByteOrderMarkAndWindowsLineEndsChangeNothing() throws IOException {
    assertThat(loadText("\uFEFF" + ROLE.replace("\n", "\r\n"))).isEqualTo(loadText(ROLE));
  }

  @Test
  void aByteOrderMarkAndWindowsLineEndsMoveNoFault() throws IOException {
    assertThat(only("\uFEFF" + ROLE.replace("Agent", "Aged").replace("\n", "\r\n")))
        .startsWith("2:7: kind: is not known, got \"Aged\"");
    assertThat(only("\uFEFFapiVersion: x\r\n" + ROLE.substring(ROLE.indexOf('\n') + 1)))
        .startsWith("1:13: apiVersion: is not known");
  }

  @Test
  void columnsCountCharacters() throws IOException {
    String more = "  guardrails: {\"max_tool_calls\": 1, é😀: 2}\n";

    assertThat(only(ROLE + more)).startsWith("6:37: spec.guardrails.é😀: is not a known key");
  }

  @Test
  void anAliasStandsForItsAnchor() throws IOException {
    String more =
        """
          tools:
            - type: shell
              timeout_seconds: &seconds 7
              allowed_commands: &names [git]
              blocked_commands: *names
          guardrails: {timeout_seconds: *seconds}
        """;

    Role role = loadText(ROLE + more);

    ShellSettings shell = (ShellSettings) role.tools().getFirst().tool();
    assertThat(shell.blockedCommands()).isEqualTo(shell.allowedCommands()).containsExactly("git");
    assertThat(role.guardrails().timeout().toSeconds()).isEqualTo(7);
  }

  @Test
  void aMergeKeyBringsWhatIsNotThere() throws IOException {
    String more =
        """
          tools:
            - &a {type: python, timeout_seconds: 7, max_output_bytes: 5}
            - &b {<<: *a, type: git, timeout_seconds: 8}
            - <<: [*b, *a]
              type: shell
              working_dir: /x
        """;

    ShellSettings last = (ShellSettings) loadText(ROLE + more).tools().getLast().tool();

    assertThat(last.timeout().toSeconds()).isEqualTo(8);
    assertThat(last.maxOutputBytes()).isEqualTo(5);
    assertThat(last.workingDir()).contains("/x");
  }

  @Test
  void aMergedKeyIsCheckedAsAnyOther() throws IOException {
    String more =
        """
          guardrails: &limits {max_tool_calls: 1, spam: 2}
          tools:
            - {type: shell, <<: *limits}
            - {type: git, <<: 5}
        """;

    assertThat(faults(ROLE + more))
        .extracting(ConfigFault::path)
        .containsExactly(
            "spec.tools[0].max_tool_calls",
            "spec.guardrails.spam",
            "spec.tools[0].spam",
            "spec.tools[1].<<");
  }

  @Test
  void ofAMergedMappingNothingIsIgnoredEither() throws IOException {
    String more =
        """
          guardrails:
            <<: {max_tool_calls: 1, max_tool_calls: 2}
          execution:
            <<: [{null: 1, retries: 1}, {<<: {~: 2}}]
        """;

    assertThat(faults(ROLE + more))
        .extracting(ConfigFault::path, ConfigFault::column)
        .containsExactly(
            tuple("spec.guardrails.max_tool_calls", 29),
            tuple("spec.execution", 11),
            tuple("spec.execution", 39));
  }

  @Test
  void aKeyThatIsNoNameIsReported() throws IOException {
    assertThat(only(ROLE + "? [a]\n: 1\n"))
        .isEqualTo(
            "6:3: is a list where a key is expected, allowed is a name; write it as name: value");
  }

  @Test
  void anEmptyFileIsNoRole() throws IOException {
    String fault = file + ": is empty; begin with apiVersion: initrunner/v1";

    assertThat(faults("")).extracting(ConfigFault::toString).containsExactly(fault);
    assertThat(faults("# nothing\n")).extracting(ConfigFault::toString).containsExactly(fault);
  }

  @Test
  void aMissingFileIsAskedForByTheNameNextToIt() throws IOException {
    Files.writeString(directory.resolve("rule.yaml"), ROLE);
    Files.writeString(directory.resolve("other.yaml"), ROLE);

    assertThat(faultsOfFile())
        .containsExactly(
            file + ": does not exist; did you mean " + directory.resolve("rule.yaml") + "?");
  }

  @Test
  void aDirectoryIsNoRole() throws IOException {
    Files.createDirectory(file);
    Files.writeString(file.resolve("a.yaml"), ROLE);

    assertThat(faultsOfFile())
        .containsExactly(
            file + ": is a directory; name a file in it, as " + file.resolve("a.yaml"));
  }

  @Test
  void aFileOfMoreThanOneMebibyteIsNotRead() throws IOException {
    String filler = "#" + "x".repeat(RoleText.MOST_BYTES - ROLE.length() - 2) + "\n";

    assertThat(loadText(ROLE + filler)).isEqualTo(loadText(ROLE));
    assertThat(faults(ROLE + filler + "\n"))
        .extracting(ConfigFault::toString)
        .containsExactly(
            file + ": is larger than 1 MiB; a role is a short text, check that this is one");
  }

  @Test
  void aByteThatIsNoUtf8IsFound() throws IOException {
    Files.write(file, (ROLE + "# caf\u00e9\n").getBytes(StandardCharsets.ISO_8859_1));

    assertThat(faultsOfFile())
        .containsExactly(file + ":6:6: is not UTF-8, got byte 0xE9; save the file as UTF-8");
  }

  @Test
  void aFileOfUtf16IsGuessed() throws IOException {
    Files.write(file, ROLE.getBytes(StandardCharsets.UTF_16));

    assertThat(faultsOfFile())
        .containsExactly(
            file
                + ":1:1: is not UTF-8, got byte 0xFE (it looks like UTF-16); save the file as UTF-8");
  }

  @Test
  void aControlCharacterIsFound() throws IOException {
    assertThat(only(ROLE + "# é\u001b[2J\n"))
        .isEqualTo("6:4: has a character that YAML does not allow, got U+001B; remove it");
  }

  @Test
  void deepNestingEndsTheReading() throws IOException {
    assertThat(only("[".repeat(100_000)))
        .isEqualTo("1:51: is not valid YAML: nested more than 50 levels deep; write it flatter");
    assertThat(only("- ".repeat(100_000))).startsWith("1:101: is not valid YAML: nested");
  }

  @Test
  void aliasesThatMultiplyEndTheReading() throws IOException {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      text.append("a%d: &a%d [".formatted(i, i));
      text.append(("*a" + (i - 1) + ", ").repeat(10)).append("]\n");
    }

    assertThat(only(text.toString()))
        .startsWith("4:")
        .endsWith("the aliases stand for more than 10000 values; write fewer of them");
  }

  private Role loadText(String text) throws IOException {
    return SchemaOfRoles.load(Files.writeString(file, text));
  }

  /// The only fault of a text, without the file's name.
  private String only(String text) throws IOException {
    List<ConfigFault> faults = faults(text);
    assertThat(faults).hasSize(1);
    return faults.getFirst().toString().substring(file.toString().length() + 1);
  }

  private List<ConfigFault> faults(String text) throws IOException {
    Files.writeString(file, text);
    return refused().faults();
  }

  private List<String> faultsOfFile() {
    return refused().faults().stream().map(ConfigFault::toString).toList();
  }

  private ConfigException refused() {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(file));
    assertThat(refused).as("the role loads").isNotNull();
    return refused;
  }
}
