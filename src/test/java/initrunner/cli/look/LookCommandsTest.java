package initrunner.cli.look;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.audit.AuditEvent;
import initrunner.audit.AuditStore;
import initrunner.cli.CapturedConsole;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.Screen;
import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.TerminalLook;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `runs`, `show` and `tail` over what real calls record.
class LookCommandsTest {

  private static final String ROLE =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata: {name: here}
      spec:
        role: You are brief.
        model: {provider: openai, name: gpt-5-mini}
        security:
          sandbox: {backend: none}
          audit: {arguments: true, output: true}
      """;

  private static final String HOSTILE = "b\u202eox\u001b[2Jホスト😀";

  @TempDir private Path home;
  private Map<String, String> environment = Map.of();
  private String role = "";

  @BeforeEach
  void writeRole() throws IOException {
    environment = Map.of("INITRUNNER_HOME", home.toString(), "PATH", System.getenv("PATH"));
    role = Files.writeString(home.resolve("role.yaml"), ROLE).toString();
  }

  private CapturedConsole run(int status, String... args) {
    CapturedConsole console = CapturedConsole.of(environment);
    assertThat(console.run(args)).as(() -> console.stderr()).isEqualTo(status);
    return console;
  }

  private JsonNode json(String... args) throws IOException {
    return new ObjectMapper().readTree(run(ExitCodes.OK, args).stdout());
  }

  private void hostile() {
    try (AuditStore store = AuditStore.open(home.resolve("audit.db"))) {
      SequencedMap<String, String> details = new LinkedHashMap<>();
      details.put("backend", "ssh");
      details.put("host", HOSTILE);
      details.put("argv0", "m\u0007ake");
      details.put("rc", "0");
      details.put("ended", "exited");
      details.put("client", "evil\nclient");
      details.put("run", "ffff00000000");
      details.put("call", "0123456789abcdef");
      details.put("output_begin", "one\u001b]0;x\u0007\n\u202etwo");
      store.append(new AuditEvent(Instant.now(), "sandbox.exec", "a\u200bgent", details));
    }
  }

  @Test
  void aCommandIsListedAndToldWithItsOutput() throws IOException {
    run(7, "exec", role, "--", "sh", "-c", "echo out; echo err >&2; exit 7");

    JsonNode listed = json("runs", "--json");
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).get("door").asText()).isEqualTo("exec");
    assertThat(listed.get(0).get("ended").asText()).isEqualTo("exit 7");
    assertThat(listed.get(0).get("outcome").asText()).isEqualTo("failed");
    assertThat(run(ExitCodes.OK, "runs", "--failed").stdout()).contains("exit 7");

    JsonNode end = json("show", "last", "--json").get("story").get(0).get("call").get("end");
    assertThat(end.get("exit_status").asInt()).isEqualTo(7);
    assertThat(end.get("output_bytes").asInt()).isEqualTo(8);
    assertThat(end.get("output_begin").asText()).contains("out\n", "err\n");

    String id = listed.get(0).get("run_id").asText();
    assertThat(run(ExitCodes.OK, "show", id.substring(0, 5)).stdout())
        .contains("Run " + id, "sh on this machine: exit 7 after ", "output 8 bytes", "  out\n");
    assertThat(run(ExitCodes.OK, "tail").stdout()).contains("exec", "sh [\"-c\"", "exit 7");
  }

  @Test
  void moreRunsThanAreListedAreSaidOnStandardError() throws IOException {
    run(0, "exec", role, "--", "true");
    run(0, "exec", role, "--", "true");

    CapturedConsole one = run(ExitCodes.OK, "runs", "--limit", "1");
    assertThat(one.stdout()).hasLineCount(2);
    assertThat(one.stderr())
        .isEqualTo("There are more runs; --limit all shows them, --limit N the newest N.\n");
    assertThat(run(ExitCodes.OK, "runs", "--limit", "2").stderr()).isEmpty();
    assertThat(json("runs", "--limit", "1", "--json")).hasSize(1);
  }

  @Test
  void aCommandOfAClientsHookIsToldFromAPersons() throws IOException {
    run(0, "exec", role, "--hook", "claude-code", "--", "true");

    JsonNode listed = json("runs", "--json").get(0);
    assertThat(listed.get("door").asText()).isEqualTo("hook");
    assertThat(listed.get("client").asText()).isEqualTo("claude-code");
    assertThat(run(ExitCodes.OK, "runs").stdout()).contains("hook claude-code");
  }

  @Test
  void tailBeginsWithAsManyCallsAsItIsAskedFor() throws IOException {
    for (int i = 1; i <= 5; i++) {
      run(0, "exec", role, "--", "echo", "call-" + i);
    }

    assertThat(run(ExitCodes.OK, "tail", "-n", "3").stdout())
        .contains("call-3", "call-4", "call-5")
        .doesNotContain("call-2");
  }

  @Test
  void bothEndsOfALongOutputAreKept() throws IOException {
    run(0, "exec", role, "--", "sh", "-c", "echo first; seq 20000; echo last");

    JsonNode end = json("show", "last", "--json").get("story").get(0).get("call").get("end");
    assertThat(end.get("output_begin").asText()).startsWith("first\n1\n").hasSize(1000);
    assertThat(end.get("output_end").asText()).endsWith("\n20000\nlast\n").hasSize(1000);
  }

  @Test
  void theLastLinesOfALongOutputAreShown() {
    run(0, "exec", role, "--", "sh", "-c", "seq 100000; echo THE-END");

    assertThat(run(ExitCodes.OK, "show", "last").stdout())
        .contains(
            "  1\n",
            "the record has both ends, not what is between; its last lines:",
            "  100000\n",
            "  THE-END\n")
        .doesNotContain("all of it");
  }

  private String shownCall(String tool, String function) {
    try (AuditStore store = AuditStore.open(home.resolve("audit.db"))) {
      SequencedMap<String, String> details = new LinkedHashMap<>();
      details.put("backend", "none");
      details.put("argv0", "sh");
      details.put("rc", "0");
      details.put("ended", "exited");
      details.put("sandbox", "gpu");
      details.put("tool", tool);
      details.put("run", "eeee00000000");
      details.put("call", "0123456789abcdef");
      details.put("stdout_bytes", "5");
      details.put("stderr_bytes", "0");
      details.put("function", function);
      details.put("arguments", "{}");
      store.append(new AuditEvent(Instant.now(), "sandbox.exec", "agent", details));
    }
    return run(ExitCodes.OK, "show", "last").stdout();
  }

  @Test
  void noRoleIsSaidToKeepNoOutputForACallWhoseOutputNoRoleKeeps() {
    assertThat(shownCall("transfer", "copy_file")).doesNotContain("keeps no output");
    assertThat(shownCall("shell", "run_shell")).contains("The role keeps no output");
  }

  @Test
  void callsOfOneSandboxAreAskedForByItsName() {
    String ignored = shownCall("shell", "run_shell");

    for (String command : List.of("runs", "tail")) {
      assertThat(run(ExitCodes.OK, command, "--json", "--sandbox", "gpu").stdout())
          .contains("eeee00000000");
      assertThat(run(ExitCodes.OK, command, "--json", "--sandbox", "gp").stdout())
          .doesNotContain("eeee00000000");
    }
  }

  /// The value of a secret that a command prints is not in the record.
  @Test
  void aSecretInTheOutputIsTakenOut() throws IOException {
    run(0, "exec", role, "--", "echo", "token ghp_0123456789abcdefghijABCDEFGHIJ012345");

    assertThat(run(ExitCodes.OK, "show", "last", "--json").stdout())
        .contains("[REDACTED]")
        .doesNotContain("ghp_0123");
  }

  @Test
  void withoutTheRolesConsentNothingOfTheOutputIsKept() throws IOException {
    Files.writeString(Path.of(role), ROLE.replace("output: true", "output: false"));
    run(0, "exec", role, "--", "echo", "precious");

    assertThat(run(ExitCodes.OK, "audit", "security-events").stdout())
        .doesNotContain("output_begin");
  }

  @Test
  void whatHostsAndClientsCallThemselvesIsNeverObeyed() {
    hostile();
    for (String command : List.of("runs", "show", "tail")) {
      for (String form : List.of("", "--json")) {
        String[] line = form.isEmpty() ? new String[] {command} : new String[] {command, form};
        assertThat(run(ExitCodes.OK, line).stdout())
            .as(String.join(" ", line))
            .contains("ホスト")
            .doesNotContain("\u001b", "\u202e", "\u0007", "\u200b", "evil\nclient");
      }
    }
    assertThat(run(ExitCodes.OK, "runs", "--host", HOSTILE).stdout()).contains("ffff00000000");
  }

  @Test
  void aRunThatIsNotThereIsAUsageErrorWithTheNextStep() {
    hostile();

    assertThat(run(ExitCodes.USAGE, "show", "ffff00000001").stderr())
        .contains(
            "there is no run 'ffff00000001'", "did you mean ffff00000000?", "initrunner runs");
    assertThat(run(ExitCodes.USAGE, "runs", "--limit", "0", "--since", "soon").stderr())
        .contains("--limit '0'", "--since 'soon'");
  }

  @Test
  void aBeginningOfSeveralIdsNamesThem() {
    run(0, "exec", role, "--", "true");
    run(0, "exec", role, "--", "true");

    // Eight of nine runs share a first digit with another by chance alone; all share the empty one.
    for (int i = 0; i < 16; i++) {
      run(0, "exec", role, "--", "true");
    }
    long ambiguous =
        "0123456789abcdef"
            .chars()
            .filter(digit -> {
              CapturedConsole console = CapturedConsole.of(environment);
              return console.run("show", Character.toString(digit)) == ExitCodes.USAGE
                  && console.stderr().contains("write more of it");
            })
            .count();
    assertThat(ambiguous).isPositive();
  }

  @Test
  void withoutAnAuditLogTheNextStepIsNamed() {
    assertThat(run(ExitCodes.FAILED, "runs").stderr()).contains("There is no audit database");
  }

  @Test
  void aTableFitsWideCharactersToo() {
    StringWriter text = new StringWriter();
    List<Span> row = List.of(Span.plain("ホスト😀ホスト😀ホスト"), Span.plain("end"));
    new Table(
            List.of(
                new Table.Column("WHERE", Table.Align.LEFT, 4),
                new Table.Column("ENDED", Table.Align.RIGHT, 5)),
            List.of(row, row))
        .print(new Screen(new PrintWriter(text), TerminalLook.NONE), 20);

    assertThat(text.toString().lines())
        .hasSize(3)
        .allMatch(line -> TerminalLook.columnsOf(line) <= 20);
  }
}
