package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.RoleLoader;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What one sandbox of a role keeps secret stays so in the others, where files and arguments bring
/// it.
@Timeout(60)
class SecretsOfSandboxesTest {

  private static final String FIRST = "first-secret-value-1";
  private static final String SECOND = "second-secret-value-2";

  @TempDir private Path directory;
  @TempDir private Path log;
  private Optional<Recorded> recorded = Optional.empty();
  private Optional<RoleRuntime> opened = Optional.empty();

  @BeforeEach
  void open() throws IOException {
    Path file = directory.resolve("role.yaml");
    Files.writeString(
        file,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: two}
        spec:
          role: You have two sandboxes.
          tools:
            - {type: shell, sandboxes: [one, two], allowed_commands: [sh, echo, cat]}
            - {type: transfer, sandboxes: [one, two]}
          security:
            audit: {arguments: true, output: true}
            sandboxes:
              default: one
              one: {backend: none, secret_env: [FIRST_TOKEN]}
              two: {backend: none, secret_env: [SECOND_TOKEN]}
        """);
    recorded = Optional.of(new Recorded(log));
    opened =
        Optional.of(
            RoleRuntime.open(
                RoleLoader.load(file, Map.of()),
                Map.of("FIRST_TOKEN", FIRST, "SECOND_TOKEN", SECOND),
                recorded.map(Recorded::store),
                "run1"));
  }

  @AfterEach
  void close() {
    opened.ifPresent(RoleRuntime::close);
    recorded.ifPresent(Recorded::close);
  }

  private String call(String function, Map<String, Object> arguments) {
    ToolResult result = opened.orElseThrow().call(new ToolCall("c1", function, arguments));
    return result.text();
  }

  @Test
  void aCopiedSecretIsNotShownWhereItArrived() {
    call("run_shell", Map.of("command", "sh -c 'echo $FIRST_TOKEN > a'"));
    assertThat(call("copy_file", Map.of("from", "one", "source", "a", "to", "two", "target", "b")))
        .contains("created, 21 bytes");
    assertThat(call("run_shell", Map.of("command", "cat b", "sandbox", "two")))
        .contains("[REDACTED]")
        .doesNotContain(FIRST);
    assertThat(recorded.orElseThrow().lines()).noneMatch(line -> line.contains(FIRST));
  }

  @Test
  void neitherOutputNorRecordOfOneShowsTheSecretOfAnother() {
    String both = "echo " + FIRST + " " + SECOND;
    assertThat(call("run_shell", Map.of("command", both, "sandbox", "one")))
        .contains("[REDACTED] [REDACTED]");
    assertThat(call("run_shell", Map.of("command", both, "sandbox", "two")))
        .contains("[REDACTED] [REDACTED]");
    assertThat(call("run_on", Map.of("sandboxes", "all", "command", both)))
        .contains("== 2 ", "[REDACTED] [REDACTED]");
    assertThat(
            call(
                "copy_file", Map.of("from", "one", "source", SECOND, "to", "two", "target", FIRST)))
        .contains("[REDACTED]")
        .doesNotContain(FIRST, SECOND);
    assertThat(recorded.orElseThrow().lines())
        .isNotEmpty()
        .noneMatch(line -> line.contains(FIRST) || line.contains(SECOND));
    assertThat(opened.orElseThrow().redacted(FIRST + SECOND)).doesNotContain(FIRST, SECOND);
  }

  @Test
  void eachCommandGetsTheSecretsOfItsOwnSandboxAlone() {
    String lengths = "sh -c 'echo ${#FIRST_TOKEN} ${#SECOND_TOKEN}'";
    assertThat(call("run_shell", Map.of("command", lengths))).contains("20 0");
    assertThat(call("run_shell", Map.of("command", lengths, "sandbox", "two"))).contains("0 21");
  }
}
