package initrunner.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.cli.CapturedConsole;
import initrunner.cli.RemoteAgent;
import initrunner.door.mcp.McpClient.Way;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private static final Map<Way, McpClient> SHARED = new EnumMap<>(Way.class);

  /// Their servers over HTTP, by the role's tool: one serves both kinds of the protocol.
  private static final Map<String, McpHttpProcess> SERVERS = new HashMap<>();

  private static final String SHELL = "- type: shell";
  private static final String ASKING_SHELL = "- {type: shell, approval: required}";

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
    for (McpHttpProcess server : SERVERS.values()) {
      server.close();
    }
  }

  private static Map<String, String> sharedHome() {
    return Map.of("INITRUNNER_HOME", sharedDirectory.resolve("home").toString());
  }

  private static Path role(String tool, Path directory, Path work) throws Exception {
    return new RemoteAgent(sshd, directory, work)
        .role(tool, "guardrails:\n  timeout_seconds: 60\n");
  }

  private static McpHttpProcess server(String tool) throws Exception {
    if (!SERVERS.containsKey(tool)) {
      String role = role(tool, sharedDirectory, sharedDirectory).toString();
      SERVERS.put(tool, new McpHttpProcess(List.of(), sharedHome(), role));
    }
    return SERVERS.get(tool);
  }

  /// A client of a role with a shell, for all tests of one way.
  private static McpClient shared(Way way) throws Exception {
    if (!SHARED.containsKey(way)) {
      SHARED.put(
          way,
          way.isHttp()
              ? new McpClient(way, sharedHome(), server(SHELL))
              : new McpClient(
                  way, sharedHome(), role(SHELL, sharedDirectory, sharedDirectory).toString()));
    }
    return SHARED.get(way);
  }

  /// A client of its own; its calls start in [#work] only where it has a server of its own.
  private McpClient client(Way way, String tool) throws Exception {
    if (way.isHttp()) {
      environment.putAll(sharedHome());
      return new McpClient(way, environment, server(tool));
    }
    return new McpClient(way, environment, role(tool, directory, work).toString());
  }

  @ParameterizedTest
  @EnumSource
  void aClientListsToolsThatNameTheHost(Way way) throws Exception {
    McpClient client = shared(way);
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
  void aCallIsAnsweredWithItsTextItsExitAndTheHost(Way way) throws Exception {
    McpClient client = shared(way);
    JsonNode answer = client.call("run_shell", "command", "sh -c 'pwd; exit 3'");

    assertThat(answer.path("text").asText())
        .isEqualTo(
            "Exit code: 3\nSTDOUT:\n" + sharedDirectory + "\n[exit 3 on my-build-box: exited]");
    assertThat(answer.path("isError").asBoolean()).isTrue();
    assertThat(McpCalls.ended(sharedDirectory))
        .anySatisfy(row ->
            assertThat(row)
                .contains(" host=my-build-box ", " client=test-client/1.2.3 ", " rc=3 "));
  }

  @ParameterizedTest
  @EnumSource
  void theRecordOfTheSessionAndTheHostsFactsCanBeRead(Way way) throws Exception {
    McpClient client = shared(way);
    client.call("run_shell", "command", "sh -c 'exit 7'");

    JsonNode texts = client.step("{\"do\":\"resources\"}");

    assertThat(texts.path("initrunner://host").asText())
        .contains("my-build-box", "working directory: " + sharedDirectory);
    assertThat(texts.path("initrunner://audit-log").asText())
        .contains(" sandbox.start ", " client=test-client/1.2.3 ", " rc=7 ");
  }

  @ParameterizedTest
  @EnumSource(names = {"LEGACY_STDIO", "MODERN_STDIO"})
  void theInstructionsSayWhatIsAskedAboutAndWhatIsRefused(Way way) throws Exception {
    String tool =
        "- {type: shell, approval: required, blocked_commands: [reboot], timeout_seconds: 7}";
    try (McpClient client = client(way, tool)) {
      assertThat(client.hello().path("instructions").asText())
          .contains("reboot", "A person is asked before each call of run_shell.");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LEGACY_STDIO", "MODERN_STDIO"})
  void aStructuredResultIsCompleteByItself(Way way) throws Exception {
    Path role = new RemoteAgent(sshd, directory, work).role("- type: shell", "");
    try (McpClient client = new McpClient(way, environment, role.toString(), "--structured")) {
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
  @EnumSource(names = {"LEGACY_STDIO", "MODERN_STDIO"})
  void filesAreMovedBesideTheClientsModel(Way way) throws Exception {
    Path here = Files.createDirectory(directory.resolve("exchange"));
    Files.writeString(here.resolve("a"), "not for the model");
    try (McpClient client = client(way, "- {type: transfer, local_root: exchange}")) {
      JsonNode tools = client.step("{\"do\":\"list\"}");
      assertThat(tools.findValuesAsText("name")).containsExactly("send_file", "fetch_file");
      assertThat(tools.findValuesAsText("readOnlyHint")).containsOnly("false");
      assertThat(
              client
                  .step(
                      """
                      {"do":"call","name":"send_file","arguments":{"local":"a","remote":"b"}}\
                      """)
                  .path("text")
                  .asText())
          .contains("Sent a to b on my-build-box: created, 17 bytes");
      assertThat(work.resolve("b")).hasContent("not for the model");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LEGACY_STDIO", "MODERN_STDIO"})
  void aJobThatOneClientStartsIsCollectedByAnother(Way way) throws Exception {
    String id;
    try (McpClient first = client(way, "- type: jobs")) {
      String started =
          first
              .call("start_job", "command", "sh -c 'echo one; sleep 1; echo two; exit 7'")
              .path("text")
              .asText();
      assertThat(started).startsWith("Job ").doesNotContain("[exit ");
      id = started.split(" ", -1)[1];
    }
    try (McpClient second = client(way, "- type: jobs")) {
      assertThat(second.call("wait_jobs", "ids", id).path("text").asText())
          .startsWith(id + " sh: ended with exit code 7 after ");
      assertThat(second.call("job_output", "id", id).path("text").asText())
          .contains("Bytes 0 to 8;")
          .endsWith("\none\ntwo\n[answered; the tools act on my-build-box]");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aToolThatIsNotThereIsAnErrorThatNamesTheNearest(Way way) throws Exception {
    McpClient client = shared(way);
    JsonNode answer = client.call("run_shel", "command", "true");

    assertThat(answer.path("code").asInt()).isEqualTo(-32602);
    assertThat(answer.path("error").asText()).contains("did you mean 'run_shell'?");
  }

  @ParameterizedTest
  @EnumSource
  void manyCallsAtOnceAreEachAnsweredWithTheirOwnText(Way way) throws Exception {
    McpClient client = shared(way);
    assertThat(
            client
                .step("{\"do\":\"many\",\"name\":\"run_shell\",\"times\":64}")
                .path("right")
                .asInt())
        .isEqualTo(64);
  }

  @ParameterizedTest
  @EnumSource
  void aLongCallTellsItsLastLine(Way way) throws Exception {
    McpClient client = shared(way);
    JsonNode answer =
        client.step(
            """
            {"do":"progress","name":"run_shell","arguments":{"command":"sh -c 'echo one; sleep 4'"}}
            """
                .strip());

    assertThat(answer.path("isError").asBoolean()).isFalse();
    assertThat(answer.path("seen")).extracting(JsonNode::asText).contains("one");
  }

  @ParameterizedTest
  @EnumSource(names = {"LEGACY_STDIO", "LEGACY_HTTP"})
  void aCallThatIsATaskGoesOnBehindItsAnswer(Way way) throws Exception {
    McpClient client = shared(way);
    JsonNode answer =
        client.step(
            """
            {"do":"task","name":"run_shell","arguments":{"command":"sh -c 'sleep 2; echo late'"}}
            """
                .strip());

    assertThat(answer.path("seen"))
        .extracting(JsonNode::asText)
        .contains("taskCreated", "working", "result")
        .last()
        .asString()
        .startsWith("STDOUT:\nlate\n");
    assertThat(answer.path("known").path(0).asText()).isEqualTo("completed");
    assertThat(answer.path("support").asText()).isEqualTo("optional");
  }

  @ParameterizedTest
  @EnumSource(names = {"LEGACY_STDIO", "LEGACY_HTTP"})
  void aCancelledTaskIsStopped(Way way) throws Exception {
    McpClient client = shared(way);
    JsonNode answer =
        client.step(
            """
            {"do":"task","name":"run_shell","cancel":true,"arguments":{"command":"sleep 1066"}}
            """
                .strip());

    assertThat(answer.path("known").path(0).asText()).isEqualTo("cancelled");
    assertThat(answer.path("seen")).extracting(JsonNode::asText).doesNotContain("result");
    McpCalls.awaitNoCommand("sleep 1066");
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledCallIsStoppedAndProvenSo(Way way) throws Exception {
    McpClient client = shared(way);
    long before = McpCalls.provenStops(sharedDirectory);
    client.begin(
        """
        {"do":"begin","name":"run_shell","arguments":{"command":"sleep 1077"}}
        """
            .strip());
    McpCalls.awaitCommand("sleep 1077");
    assertThat(client.step("{\"do\":\"abort\"}").has("error")).isTrue();
    assertThat(client.call("run_shell", "command", "echo after").path("text").asText())
        .startsWith("STDOUT:\nafter");

    McpCalls.awaitProvenStops(sharedDirectory, before + 1);
    assertThat(McpCalls.commands("sleep 1077")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aPersonAnswersTheFormOfTheClient(Way way) throws Exception {
    environment.put("FORMS", "run");
    try (McpClient client = client(way, ASKING_SHELL)) {
      JsonNode answer = client.call("run_shell", "command", "echo yes");

      assertThat(answer.path("text").asText()).startsWith("STDOUT:\nyes\n");
      assertThat(answer.path("questions").get(0).asText())
          .isEqualTo("run_shell on my-build-box:\ncommand: echo yes");
    }
    for (String no : List.of("refuse", "cancel")) {
      environment.put("FORMS", no);
      try (McpClient client = client(way, ASKING_SHELL)) {
        assertThat(client.call("run_shell", "command", "touch made").path("text").asText())
            .contains("nothing was run", "did not approve");
      }
    }
    assertThat((way.isHttp() ? sharedDirectory : work).resolve("made")).doesNotExist();
    assertThat(McpCalls.ended(way.isHttp() ? sharedDirectory : directory))
        .anySatisfy(row -> assertThat(row).contains(" reason=denied "));
  }

  @ParameterizedTest
  @EnumSource
  void aClientWithoutFormsWaitsForAPersonAtATerminal(Way way) throws Exception {
    try (McpClient client = client(way, ASKING_SHELL)) {
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
    try (McpClient client = client(Way.LEGACY_STDIO, SHELL)) {
      ProcessHandle server = client.server();
      client.begin(
          """
          {"do":"call","name":"run_shell","arguments":{"command":"sleep 1078"}}
          """
              .strip());
      McpCalls.awaitCommand("sleep 1078");

      client.client().destroyForcibly();

      server.onExit().get(30, TimeUnit.SECONDS);
      assertThat(McpCalls.commands("sleep 1078")).isEmpty();
      McpCalls.awaitProvenStops(directory, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MODERN_STDIO", "LEGACY_HTTP", "MODERN_HTTP"})
  void aHostThatIsDownIsNoEnd(Way way) throws Exception {
    Path role = new RemoteAgent(other, directory, work).role("- type: shell", "");
    other.stop();
    try (McpClient client = new McpClient(way, environment, role.toString())) {
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
}
