package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.AuditQuery;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.role.RoleLoader;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The audit log's fields about the command that ran.
class RecordedCommandTest {

  @TempDir Path directory;
  private Recorded recorded;

  @BeforeEach
  void record() {
    recorded = new Recorded(directory);
  }

  @AfterEach
  void close() {
    recorded.close();
  }

  @Test
  void whoHasTheCommandCanProveItByItsWordsAndItsInput() throws Exception {
    try (RoleRuntime runtime = runtime(false)) {
      byte[] input = "ä\0b\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);
      List<String> argv = List.of("sh", "-c", "cat", "naïve \"word\"");
      for (Stdin stdin :
          List.of(new Stdin.Bytes(input), new Stdin.Stream(new ByteArrayInputStream(input)))) {
        Command command = new Command(argv, Map.of(), Optional.empty(), stdin);
        runtime.exec(command, Limits.unbounded(), new Captured(1_000_000));
        assertThat(last())
            .containsEntry("argv_sha256", sha256("sh\0-c\0cat\0naïve \"word\"\0"))
            .containsEntry("input_sha256", sha256(input))
            .containsEntry("stdout_bytes", Integer.toString(input.length))
            .doesNotContainKeys("function", "arguments");
      }
      runtime.exec(Command.of("true"), Limits.unbounded(), new Captured(10));
      assertThat(last())
          .containsEntry("argv_sha256", sha256("true\0"))
          .doesNotContainKey("input_sha256");
    }
  }

  @Test
  void aModelsCallNamesItsFunctionInEveryEventWhateverItsEnd() throws Exception {
    try (RoleRuntime runtime = runtime(false)) {
      call(runtime, "run_shell", Map.of("command", "echo one"));
      call(runtime, "run_shell", Map.of("command", "sudo ls"));
      call(runtime, "run_shell", Map.of("comand", "ls"));
      call(runtime, "run_shel l", Map.of("command", "ls"));
    }
    List<String> details = recorded.rows().stream().map(AuditQuery.Event::details).toList();
    assertThat(details)
        .hasSize(5)
        .filteredOn(line -> line.contains(" function=run_shell"))
        .hasSize(4);
    assertThat(details.getLast()).contains(" function=run_shel\\x20l");
    assertThat(recorded.rows().toString())
        .doesNotContain("echo one", "arguments=")
        .contains("argv_sha256=" + sha256("echo\0one\0"));
  }

  @Test
  void argumentsAreRecordedWithTheRolesConsentAndWithoutWhatTheRecordMustNotHold()
      throws Exception {
    try (RoleRuntime runtime = runtime(true)) {
      call(
          runtime,
          "run_shell",
          Map.of("command", "echo one \"two\" hunter2hunter2 ann@example.com ticket-77"));
      assertThat(last())
          .containsEntry(
              "arguments",
              "{\"command\":\"echo one \\\"two\\\" [REDACTED] [REDACTED] [REDACTED]\"}");
      call(runtime, "run_shell", Map.of("command", "sudo ls"));
      assertThat(last()).containsEntry("arguments", "{\"command\":\"sudo ls\"}");
      runtime.exec(Command.of("echo", "a b", ""), Limits.unbounded(), new Captured(10));
      assertThat(last()).containsEntry("arguments", "[\"a b\",\"\"]");
      call(runtime, "run_shell", Map.of("command", "echo " + "x".repeat(100_000)));
      assertThat(last().get("arguments"))
          .startsWith("{\"command\":\"echo xxx")
          .hasSizeLessThan(2100);
      call(
          runtime, "run_shell", Map.of("command", "echo " + "x".repeat(16_360) + "hunter2hunter2"));
    }
    assertThat(recorded.rows().toString()).doesNotContain("hunter", "ann@", "ticket");
    assertThat(recorded.rows())
        .filteredOn(row -> row.eventType().equals("sandbox.start"))
        .isNotEmpty()
        .allMatch(row -> row.details().contains(" arguments="));
  }

  private RoleRuntime runtime(boolean withArguments) throws IOException {
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: build-agent}
            spec:
              role: You are a build assistant.
              tools: [{type: shell}]
              security:
                sandbox: {backend: none, secret_env: [PASS]}
                content: {redact_patterns: ['ticket-[0-9]+'], pii_redaction: true}
                audit: {arguments: %s}
            """
                .formatted(withArguments));
    return RoleRuntime.open(
        RoleLoader.load(role),
        Map.of("PASS", "hunter2hunter2"),
        Optional.of(recorded.store()),
        "run1");
  }

  private static ToolResult call(RoleRuntime runtime, String tool, Map<String, Object> arguments) {
    return runtime.call(new ToolCall("id", tool, arguments));
  }

  /// The fields of the newest event.
  private Map<String, String> last() {
    return Arrays.stream(recorded.rows().getLast().details().split(" "))
        .map(field -> field.split("=", 2))
        .collect(Collectors.toMap(field -> field[0], field -> unescaped(field[1])));
  }

  private static String unescaped(String value) {
    return value.replace("\\x20", " ").replace("\\x22", "\"").replace("\\x5C", "\\");
  }

  private static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
