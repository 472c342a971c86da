package initrunner.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.audit.AuditQuery;
import initrunner.cli.CapturedConsole;
import initrunner.cli.RemoteAgent;
import initrunner.door.mcp.McpClient.Era;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `initrunner mcp` with the client libraries of the protocol's authors, and a host that is a real
/// sshd.
class McpClientsTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// One that goes down.
  @RegisterExtension static final SshdExtension other = new SshdExtension();

  /// Of the tests that can share a server.
  private static final Map<Era, McpClient> SHARED = new EnumMap<>(Era.class);

  @TempDir private static Path sharedDirectory;
  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private Path work;

  @BeforeEach
  void makeWorkDirectory() throws Exception {
    work = Files.createDirectory(directory.resolve("work"));
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
  }

  @AfterAll
  static void endSharedServers() throws Exception {
    for (McpClient client : SHARED.values()) {
      client.close();
    }
  }

  /// A client of a role with a shell, for all tests of one kind of the protocol.
  private static McpClient shared(Era era) throws Exception {
    if (!SHARED.containsKey(era)) {
      Path role = new RemoteAgent(sshd, sharedDirectory, sharedDirectory).role("- type: shell", "");
      Map<String, String> home =
          Map.of("INITRUNNER_HOME", sharedDirectory.resolve("home").toString());
      SHARED.put(era, new McpClient(era, home, role.toString()));
    }
    return SHARED.get(era);
  }

  private McpClient client(Era era, String tool) throws Exception {
    Path role =
        new RemoteAgent(sshd, directory, work).role(tool, "guardrails:\n  timeout_seconds: 60\n");
    return new McpClient(era, environment, role.toString());
  }

  /// The details of the commands that ended, the newest first.
  private static List<String> ended(Path directory) {
    return new AuditQuery(Optional.of("sandbox.exec"), Optional.empty(), Optional.empty(), 1000)
        .run(directory.resolve("home/audit.db")).stream().map(AuditQuery.Event::details).toList();
  }

  @ParameterizedTest
  @EnumSource
  void aClientListsToolsThatNameTheHost(Era era) throws Exception {
    McpClient client = shared(era);
    assertThat(client.hello().path("instructions").asText())
        .contains("my-build-box", "No person is asked");

    JsonNode tools = client.step("{\"do\":\"list\"}");

    assertThat(tools.findValuesAsText("name")).containsExactly("run_shell");
    assertThat(tools.get(0).path("description").asText()).endsWith("Acts on my-build-box.");
    assertThat(tools.get(0).at("/inputSchema/required/0").asText()).isEqualTo("command");
    assertThat(tools.get(0).at("/annotations/readOnlyHint").asBoolean()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aCallIsAnsweredWithItsTextItsExitAndTheHost(Era era) throws Exception {
    McpClient client = shared(era);
    JsonNode answer = client.call("run_shell", "command", "sh -c 'pwd; exit 3'");

    assertThat(answer.path("text").asText())
        .isEqualTo(
            "Exit code: 3\nSTDOUT:\n" + sharedDirectory + "\n[exit 3 on my-build-box: exited]");
    assertThat(answer.path("isError").asBoolean()).isTrue();
    assertThat(ended(sharedDirectory))
        .anySatisfy(row ->
            assertThat(row)
                .contains(" host=my-build-box ", " client=test-client/1.2.3 ", " rc=3 "));
  }

  @ParameterizedTest
  @EnumSource
  void theRecordOfTheSessionAndTheHostsFactsCanBeRead(Era era) throws Exception {
    McpClient client = shared(era);
    client.call("run_shell", "command", "sh -c 'exit 7'");

    JsonNode texts = client.step("{\"do\":\"resources\"}");

    assertThat(texts.path("initrunner://host").asText())
        .contains("my-build-box", "working directory: " + sharedDirectory);
    assertThat(texts.path("initrunner://audit-log").asText())
        .contains(" sandbox.start ", " client=test-client/1.2.3 ", " rc=7 ");
  }

  @ParameterizedTest
  @EnumSource
  void theInstructionsSayWhatIsAskedAboutAndWhatIsRefused(Era era) throws Exception {
    String tool =
        "- {type: shell, approval: required, blocked_commands: [reboot], timeout_seconds: 7}";
    try (McpClient client = client(era, tool)) {
      assertThat(client.hello().path("instructions").asText())
          .contains("reboot", "A person is asked before each call of run_shell.");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStructuredResultIsCompleteByItself(Era era) throws Exception {
    Path role = new RemoteAgent(sshd, directory, work).role("- type: shell", "");
    try (McpClient client = new McpClient(era, environment, role.toString(), "--structured")) {
      client.step("{\"do\":\"list\"}");
      JsonNode answer = client.call("run_shell", "command", "sh -c 'echo out; exit 3'");

      assertThat(answer.path("structured").toString())
          .isEqualTo(
              """
              {"text":"Exit code: 3\\nSTDOUT:\\nout","status":"exited","host":"my-build-box",\
              "exit":3}\
              """);
      assertThat(answer.path("text").asText()).contains("out", "[exit 3 on my-build-box: exited]");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aToolThatIsNotThereIsAnErrorThatNamesTheNearest(Era era) throws Exception {
    McpClient client = shared(era);
    JsonNode answer = client.call("run_shel", "command", "true");

    assertThat(answer.path("code").asInt()).isEqualTo(-32602);
    assertThat(answer.path("error").asText()).contains("did you mean 'run_shell'?");
  }

  @ParameterizedTest
  @EnumSource
  void manyCallsAtOnceAreEachAnsweredWithTheirOwnText(Era era) throws Exception {
    McpClient client = shared(era);
    assertThat(
            client
                .step("{\"do\":\"many\",\"name\":\"run_shell\",\"times\":64}")
                .path("right")
                .asInt())
        .isEqualTo(64);
  }

  @ParameterizedTest
  @EnumSource
  void aLongCallTellsItsLastLine(Era era) throws Exception {
    McpClient client = shared(era);
    JsonNode answer =
        client.step(
            """
            {"do":"progress","name":"run_shell","arguments":{"command":"sh -c 'echo one; sleep 4'"}}
            """
                .strip());

    assertThat(answer.path("isError").asBoolean()).isFalse();
    assertThat(answer.path("seen").get(0).asText()).isEqualTo("one");
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledCallIsStoppedAndProvenSo(Era era) throws Exception {
    McpClient client = shared(era);
    long before = provenStops(sharedDirectory);
    client.begin(
        """
        {"do":"begin","name":"run_shell","arguments":{"command":"sleep 1077"}}
        """
            .strip());
    awaitCommand("sleep 1077");
    assertThat(client.step("{\"do\":\"abort\"}").has("error")).isTrue();
    assertThat(client.call("run_shell", "command", "echo after").path("text").asText())
        .startsWith("STDOUT:\nafter");

    awaitRows(sharedDirectory, before + 1);
    assertThat(commands("sleep 1077")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aPersonAnswersTheFormOfTheClient(Era era) throws Exception {
    environment.put("FORMS", "run");
    try (McpClient client = client(era, "- {type: shell, approval: required}")) {
      JsonNode answer = client.call("run_shell", "command", "echo yes");

      assertThat(answer.path("text").asText()).startsWith("STDOUT:\nyes\n");
      assertThat(answer.path("questions").get(0).asText())
          .isEqualTo("run_shell on my-build-box:\ncommand: echo yes");
    }
    for (String no : List.of("refuse", "cancel")) {
      environment.put("FORMS", no);
      try (McpClient client = client(era, "- {type: shell, approval: required}")) {
        assertThat(client.call("run_shell", "command", "touch made").path("text").asText())
            .contains("nothing was run", "did not approve");
      }
    }
    assertThat(work.resolve("made")).doesNotExist();
    assertThat(ended(directory)).anySatisfy(row -> assertThat(row).contains(" reason=denied "));
  }

  @ParameterizedTest
  @EnumSource
  void aClientWithoutFormsWaitsForAPersonAtATerminal(Era era) throws Exception {
    try (McpClient client = client(era, "- {type: shell, approval: required}")) {
      for (String answer : List.of("", "--deny --reason later")) {
        client.begin(
            """
            {"do":"call","name":"run_shell","arguments":{"command":"echo approved"}}
            """
                .strip());
        String id = awaitWaiting();

        List<String> approve = new ArrayList<>(List.of("approve", id));
        approve.addAll(answer.isEmpty() ? List.of() : List.of(answer.split(" ")));
        CapturedConsole console = CapturedConsole.of(environment);
        assertThat(console.run(approve.toArray(String[]::new))).isZero();

        assertThat(client.read().path("text").asText())
            .startsWith(
                answer.isEmpty()
                    ? "STDOUT:\napproved\n"
                    : "Error: nothing was run: a person was asked, and did not approve it. The"
                        + " person's reason: later.");
      }
    }
    assertThat(pending()).isEqualTo("[]");
  }

  @Test
  void theServerEndsWithItsClientAndLeavesNothingRunning() throws Exception {
    try (McpClient client = client(Era.LEGACY, "- type: shell")) {
      ProcessHandle server = client.server();
      client.begin(
          """
          {"do":"call","name":"run_shell","arguments":{"command":"sleep 1078"}}
          """
              .strip());
      awaitCommand("sleep 1078");

      client.client().destroyForcibly();

      server.onExit().get(30, TimeUnit.SECONDS);
      assertThat(commands("sleep 1078")).isEmpty();
      awaitRows(directory, 1);
    }
  }

  @Test
  void aHostThatIsDownIsNoEnd() throws Exception {
    Path role = new RemoteAgent(other, directory, work).role("- type: shell", "");
    other.stop();
    try (McpClient client = new McpClient(Era.MODERN, environment, role.toString())) {
      try {
        assertThat(client.hello().path("instructions").asText()).contains("has not answered yet");
        assertThat(client.step("{\"do\":\"list\"}")).hasSize(1);
        assertThat(client.call("run_shell", "command", "true").path("isError").asBoolean())
            .isTrue();
      } finally {
        other.start();
      }
      String text = "";
      for (int i = 0; i < 20 && !text.startsWith("STDOUT:\nback"); i++) {
        text = client.call("run_shell", "command", "echo back").path("text").asText();
      }
      assertThat(text).startsWith("STDOUT:\nback");
      String facts = "";
      for (int i = 0; i < 20 && !facts.contains("working directory: " + work); i++) {
        facts = client.step("{\"do\":\"resources\"}").path("initrunner://host").asText();
      }
      assertThat(facts).contains("working directory: " + work);
    }
  }

  private static long provenStops(Path directory) {
    return ended(directory).stream()
        .filter(row -> row.contains(" ended=cancelled stop=stopped "))
        .count();
  }

  private static void awaitRows(Path directory, long stops) throws InterruptedException {
    for (int i = 0; i < 400 && provenStops(directory) < stops; i++) {
      Thread.sleep(50);
    }
    assertThat(provenStops(directory)).isEqualTo(stops);
  }

  private String awaitWaiting() throws Exception {
    for (int i = 0; i < 400; i++) {
      String pending = pending();
      int at = pending.indexOf("\"approval_id\":\"");
      if (at >= 0) {
        int begin = at + "\"approval_id\":\"".length();
        return pending.substring(begin, pending.indexOf('"', begin));
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no call waits");
  }

  private String pending() {
    CapturedConsole console = CapturedConsole.of(environment);
    console.run("pending", "--json");
    return console.stdout().strip();
  }

  private static List<String> commands(String line) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(each -> each.endsWith(line))
        .toList();
  }

  private static void awaitCommand(String line) throws InterruptedException {
    for (int i = 0; i < 400 && commands(line).isEmpty(); i++) {
      Thread.sleep(50);
    }
    assertThat(commands(line)).isNotEmpty();
  }
}
