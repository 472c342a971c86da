package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.agent.ScriptedModel;
import initrunner.audit.AuditQuery;
import initrunner.cli.console.ExitCodes;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole runs over a real sshd: the model's requests, its answers, the effects on the host and the
/// audit log agree.
class RunOverSshTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;
  private ScriptedModel server = ScriptedModel.of();
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    Files.createDirectories(work());
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  /// Each of the first two calls waits for the other: in sequence they would never end.
  @ParameterizedTest
  @ValueSource(strings = {"openai", "anthropic", "google"})
  void severalToolsOfOneTurnRunAtTheSameTimeAndTranscriptFilesAndRecordAgree(String provider)
      throws Exception {
    run("mkfifo", work().resolve("meet").toString());
    run("git", "init", "-q", "-b", "main", work().toString());
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "sh -c 'echo from a > meet; echo a'"),
            python("b", "print(open('meet').read().strip())"),
            new ScriptedModel.Call("c", "note", "{\"text\": \"it's \\\"noted\\\"\"}")),
        ScriptedModel.calls(
            new ScriptedModel.Call("d", "read_file", "{\"path\": \"notes.txt\"}"),
            new ScriptedModel.Call("e", "git_status", "{}")),
        ScriptedModel.calls(
            new ScriptedModel.Call(
                "f", "write_file", "{\"path\": \"out/b.txt\", \"content\": \"$HOME\\n\"}")),
        ScriptedModel.text("All agree."));

    CapturedConsole console = console();
    int status = console.run("run", role(provider, 60), "-p", "Go.");

    assertThat(status).as(console.stderr()).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).isEqualTo("All agree.\n");
    assertThat(server.requests()).hasSize(4);
    String told = server.requests().get(2).body().toString();
    assertThat(told.indexOf("STDOUT:\\na")).isPositive();
    assertThat(told.indexOf("from a\"")).isGreaterThan(told.indexOf("STDOUT:\\na"));
    assertThat(work().resolve("notes.txt")).hasContent("it's \"noted\"");
    assertThat(told).contains("it's \\\"noted\\\"", "notes.txt");
    assertThat(told.lastIndexOf("notes.txt")).isGreaterThan(told.indexOf("it's \\\"noted"));
    assertThat(work().resolve("out/b.txt")).hasContent("$HOME\n");
    assertThat(server.requests().get(3).body().toString()).contains("out/b.txt");
    List<AuditQuery.Event> rows = rows();
    assertThat(rows)
        .filteredOn(row -> row.eventType().equals("sandbox.start"))
        .extracting(row -> field("tool", row))
        .containsExactlyInAnyOrder("shell", "python", "script", "filesystem", "git", "filesystem");
    assertThat(rows)
        .filteredOn(row -> row.eventType().equals("sandbox.exec"))
        .hasSize(6)
        .allMatch(row -> field("rc", row).equals("0"))
        .allMatch(row -> field("host", row).equals(SshdExtension.HOST));
    assertThat(rows.stream().map(row -> field("run", row)).distinct()).hasSize(1);
    assertThat(rows.stream().map(row -> field("call", row)).distinct()).hasSize(6);
  }

  @Test
  void theModelIsToldWhereItsToolsAct() throws Exception {
    script(ScriptedModel.text("I see."));

    assertThat(console().run("run", role("openai", 60), "-p", "Go.")).isEqualTo(ExitCodes.OK);

    String system =
        server.requests().getFirst().body().path("messages").path(0).path("content").asText();
    assertThat(system)
        .contains("Your tools act on " + SshdExtension.HOST + ".")
        .contains("- user: " + System.getProperty("user.name"))
        .contains("- working directory: " + work())
        .contains("- operating system: Linux ");
    assertThat(system.lines().filter(line -> line.startsWith("- host: "))).hasSize(1);
    assertThat(rows()).isEmpty();
  }

  @Test
  void theAnswersOfATurnAreInTheModelsOrderWhicheverCallEndsFirst() throws Exception {
    run("mkfifo", work().resolve("meet").toString());
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("last", "cat meet"),
            ScriptedModel.shellCall("first", "sh -c 'echo second > meet'")),
        ScriptedModel.text("Done."));

    assertThat(console().run("run", role("openai", 60), "-p", "Go.")).isEqualTo(ExitCodes.OK);

    JsonNode messages = server.requests().get(1).body().path("messages");
    assertThat(messages.path(3).path("tool_call_id").asText()).isEqualTo("last");
    assertThat(messages.path(3).path("content").asText()).isEqualTo("STDOUT:\nsecond");
    assertThat(messages.path(4).path("tool_call_id").asText()).isEqualTo("first");
  }

  @Test
  void theRunsTimeStopsTheCommandInFlightOnTheHostAndProvesIt() throws Exception {
    script(
        ScriptedModel.shell("sh -c 'echo $$ > pid; trap \"\" TERM; while :; do sleep 0.1; done'"));

    CapturedConsole console = console();
    int status = console.run("run", role("openai", 5), "-p", "Go.");

    assertThat(status).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stderr())
        .contains(
            "\nError: the run timed out after 5 s (spec.guardrails.timeout_seconds); run_shell: ",
            "The command was stopped.");
    long remote = Long.parseLong(Files.readString(work().resolve("pid")).strip());
    assertThat(runs(remote)).isFalse();
    assertThat(rows().getLast().details()).contains("ended=cancelled stop=stopped");
  }

  @Test
  void aLimitThatIsExceededFailsTheRunAndNamesItself() throws Exception {
    script(ScriptedModel.shell("true"), ScriptedModel.shell("true"), ScriptedModel.shell("true"));
    Path role = Path.of(role("openai", 60));
    Files.writeString(
        role,
        Files.readString(role)
            .replace("timeout_seconds: 60", "timeout_seconds: 60\n    total_tokens_limit: 20"));

    CapturedConsole console = console();

    assertThat(console.run("run", role.toString(), "-p", "Go.")).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stderr())
        .contains("limit of 20 tokens (spec.guardrails.total_tokens_limit): it used 36");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void aRunIsRecordedAndReplayedWithoutAModelWithTheToolsMadeAnew() throws Exception {
    Path turns = directory.resolve("turns.json");
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "sh -c 'echo x >> runs'"), python("b", "print(6 * 7)")),
        ScriptedModel.text("It is 42."));
    String role = role("openai", 60);
    CapturedConsole recorded = console();
    assertThat(recorded.run("run", role, "-p", "Go.", "--record", turns.toString()))
        .as(recorded.stderr())
        .isEqualTo(ExitCodes.OK);
    environment.remove("OPENAI_API_KEY");
    CapturedConsole replayed = console();

    assertThat(replayed.run("run", role, "-p", "Go.", "--replay", turns.toString()))
        .as(replayed.stderr())
        .isEqualTo(ExitCodes.OK);

    assertThat(replayed.stdout()).isEqualTo(recorded.stdout()).isEqualTo("It is 42.\n");
    assertThat(work().resolve("runs")).hasContent("x\nx");
    assertThat(server.requests()).hasSize(2);
    assertThat(rows()).hasSize(8);
  }

  @Test
  void aMissingDirectoryOnTheHostIsSaidBeforeTheModelIsAsked() throws Exception {
    script(ScriptedModel.text("never"));
    Path role = Path.of(role("openai", 60));
    Files.writeString(role, Files.readString(role).replace(work() + "\n", work() + "/none\n"));

    CapturedConsole console = console();

    assertThat(console.run("run", role.toString(), "-p", "Go."))
        .isEqualTo(ExitCodes.SANDBOX_UNAVAILABLE);
    assertThat(console.stderr())
        .contains("\nError: commands cannot start in '" + work() + "/none' on my-build-box: ");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aDryRunHasNothingToRecord() throws Exception {
    CapturedConsole console = console();

    assertThat(console.run("run", role("openai", 60), "-p", "Go.", "--dry-run", "--record", "y"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("so it cannot be combined with --record");
  }

  @Test
  void aReplayHasNoPlaceBesideAModelOrARecording() throws Exception {
    for (List<String> more : List.of(List.of("--model", "openai:x"), List.of("--record", "y"))) {
      CapturedConsole console = console();

      assertThat(
              console.run(
                  "run",
                  role("openai", 60),
                  "-p",
                  "Go.",
                  "--replay",
                  "z",
                  more.getFirst(),
                  more.getLast()))
          .isEqualTo(ExitCodes.USAGE);
      assertThat(console.stderr()).contains("so it cannot be combined with " + more.getFirst());
    }
  }

  private static ScriptedModel.Call python(String id, String code) {
    return new ScriptedModel.Call(
        id,
        "run_python",
        new com.fasterxml.jackson.databind.ObjectMapper()
            .createObjectNode()
            .put("code", code)
            .toString());
  }

  private static String field(String name, AuditQuery.Event row) {
    Matcher matcher = Pattern.compile("(?:^| )" + name + "=(\\S*)").matcher(row.details());
    return matcher.find() ? matcher.group(1) : "";
  }

  /// A process that only waits to be reaped does not run.
  private static boolean runs(long pid) {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).matches("(?s).*\\) [ZX] .*");
    } catch (IOException gone) {
      return false;
    }
  }

  private Path work() {
    return directory.resolve("work");
  }

  private List<AuditQuery.Event> rows() {
    return new RemoteAgent(sshd, directory, work()).events();
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
    environment.putAll(server.environment());
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
  }

  private CapturedConsole console() {
    return CapturedConsole.of(environment);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  private String role(String provider, int timeoutSeconds) throws IOException {
    return Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: remote-agent
            spec:
              role: You are brief.
              model:
                provider: PROVIDER
                name: a-model
              tools:
                - type: shell
                - type: python
                - type: filesystem
                  read_only: false
                - type: git
                - type: script
                  scripts:
                    - name: note
                      description: Writes a note.
                      body: printf '%s' "$TEXT" > notes.txt
                      parameters:
                        - name: text
                          required: true
              guardrails:
                timeout_seconds: TIMEOUT
              security:
                sandbox:
                  backend: ssh
                  ssh:
                    host: my-build-box
                    config_file: CONFIG
                    remote_cwd: WORK
            """
                .replace("PROVIDER", provider)
                .replace("TIMEOUT", Integer.toString(timeoutSeconds))
                .replace("CONFIG", sshd.configFile().toString())
                .replace("WORK", work().toString()))
        .toString();
  }
}
