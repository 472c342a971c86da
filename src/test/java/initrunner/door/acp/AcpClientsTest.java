package initrunner.door.acp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.agent.ScriptedModel;
import initrunner.audit.AuditQuery;
import initrunner.cli.CapturedConsole;
import initrunner.cli.RemoteAgent;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// `initrunner acp` with the client library of the protocol's authors, a scripted model, and a host
/// that is a real sshd.
class AcpClientsTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// One that goes down.
  @RegisterExtension static final SshdExtension other = new SshdExtension();

  private static final String SHELL = "- type: shell";
  private static final String ASKING = "- {type: shell, approval: required}";

  /// The agents of all tests that do not end theirs, by their tool.
  private static final Map<String, AcpClient> SHARED = new HashMap<>();

  private static final ScriptedModel model = ScriptedModel.of();

  @TempDir private static Path directory;

  @AfterAll
  static void endSharedAgents() throws Exception {
    for (AcpClient client : SHARED.values()) {
      client.close();
    }
    model.close();
  }

  private static AcpClient shared(String tool) throws Exception {
    if (!SHARED.containsKey(tool)) {
      SHARED.put(tool, client(sshd, tool, ""));
    }
    return SHARED.get(tool);
  }

  private static AcpClient client(SshdExtension host, String tool, String more) throws Exception {
    Path own = Files.createTempDirectory(directory, "role");
    Path role = new RemoteAgent(host, own, directory).role(tool, more);
    return new AcpClient(environment(), role.toString());
  }

  private static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(model.environment());
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
    return environment;
  }

  @Test
  void aPromptIsAnsweredWithTheModelsTextItsCallsAndWhatTheyPrinted() throws Exception {
    String fails = "sh -c 'echo out; exit 3'";
    model.add(
        new ScriptedModel.Reply.Calls(
            "I look.",
            List.of(ScriptedModel.shellCall("a", "pwd"), ScriptedModel.shellCall("b", fails))),
        ScriptedModel.text("All is well."),
        ScriptedModel.text("Still."));
    AcpClient client = shared(SHELL);
    assertThat(client.hello().path("protocolVersion").asInt()).isEqualTo(1);
    assertThat(client.hello().at("/agentInfo/name").asText()).isEqualTo("initrunner");
    String session = client.session();

    JsonNode answer = client.prompt(session, "Go.");

    assertThat(answer.path("stopReason").asText()).isEqualTo("end_turn");
    assertThat(text(answer))
        .startsWith("The tools act on my-build-box, in " + directory + "; not in the folder that")
        .contains("OPENAI_BASE_URL")
        .endsWith("I look.All is well.");
    JsonNode pwd = call(answer, "shell on my-build-box: pwd");
    assertThat(pwd.path("kind").asText()).isEqualTo("execute");
    assertThat(pwd.at("/rawInput/command").asText()).isEqualTo("pwd");
    assertThat(pwd.has("locations")).isFalse();
    JsonNode ended = last(answer, pwd);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(content(ended)).isEqualTo("```\nSTDOUT:\n" + directory + "\n```");
    JsonNode failed = last(answer, call(answer, "shell on my-build-box: " + fails));
    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(content(failed)).isEqualTo("```\nExit code: 3\nSTDOUT:\nout\n```");
    assertThat(failed.at("/rawOutput/status").asText()).isEqualTo("failed");

    assertThat(text(client.prompt(session, "And now?"))).isEqualTo("Still.");
    assertThat(model.requests().getLast().body().path("messages").findValuesAsText("role"))
        .containsExactly("system", "user", "assistant", "tool", "tool", "assistant", "user");
    assertThat(ended(pwd)).hasSize(2).allMatch(row -> row.contains(" client=test-editor/1.2.3 "));
    CapturedConsole log = CapturedConsole.of(environment());
    log.run("audit", "export", "--format", "jsonl", "--trigger-type", "acp");
    assertThat(log.stdout()).contains(runOf(pwd));
  }

  /// The command ends only after its output was seen.
  @Test
  void theOutputOfACommandIsShownWhileItRuns() throws Exception {
    Path end = fifo("output");
    model.add(
        ScriptedModel.shell("sh -c 'seq 100; cat " + end + "'"), ScriptedModel.text("It ended."));
    AcpClient client = shared(SHELL);
    String session = client.session();
    client.begin(session, "Go.", "run");
    client.awaitUpdate("\\n99\\n100");

    Files.writeString(end, "over\n");
    List<JsonNode> shown = updates(client.end(session), "tool_call_update");

    assertThat(shown.getFirst().path("status").asText()).isEqualTo("in_progress");
    assertThat(shown)
        .anySatisfy(each -> assertThat(content(each)).startsWith("```\n… 60 lines before\n61\n"));
    assertThat(content(shown.getLast())).endsWith("\n100\nover\n```");
  }

  @Test
  void aPersonIsAskedAboutEachCallAndOnceAboutOneThatIsAlwaysAllowed() throws Exception {
    model.add(
        ScriptedModel.shell("echo one"),
        ScriptedModel.shell("echo one"),
        ScriptedModel.shell("echo two"),
        ScriptedModel.text("Done."));
    AcpClient client = shared(ASKING);

    JsonNode answer = client.prompt(client.session(), "Go.", "always");

    assertThat(answer.path("questions")).hasSize(2);
    JsonNode question = answer.path("questions").get(0);
    assertThat(question.path("options").findValuesAsText("kind"))
        .containsExactly("allow_once", "allow_always", "reject_once");
    assertThat(content(question.path("toolCall")))
        .isEqualTo("```\nrun_shell on my-build-box:\ncommand: echo one\n```");
    List<JsonNode> calls = updates(answer, "tool_call");
    assertThat(calls)
        .extracting(each -> each.path("status").asText())
        .containsExactly("pending", "in_progress", "pending");
    assertThat(calls.getFirst().path("toolCallId")).isEqualTo(question.at("/toolCall/toolCallId"));
    assertThat(of(answer, calls.getFirst()))
        .extracting(each -> each.path("status").asText())
        .startsWith("in_progress")
        .endsWith("completed");
  }

  @Test
  void aCallThatAPersonRefusesIsNotMadeAndTheModelLearnsIt() throws Exception {
    model.add(ScriptedModel.shell("touch refused"), ScriptedModel.text("Well."));
    AcpClient client = shared(ASKING);

    JsonNode answer = client.prompt(client.session(), "Go.", "refuse");

    assertThat(answer.path("stopReason").asText()).isEqualTo("end_turn");
    JsonNode refused = updates(answer, "tool_call").getFirst();
    assertThat(of(answer, refused)).hasSize(1);
    assertThat(last(answer, refused).path("status").asText()).isEqualTo("failed");
    assertThat(content(last(answer, refused))).contains("a person was asked and said no");
    assertThat(directory.resolve("refused")).doesNotExist();
    assertThat(ended(refused)).singleElement().asString().contains(" reason=denied ");
  }

  @Test
  void anEditorThatCancelsAQuestionEndsThePromptAndNothingIsRun() throws Exception {
    model.add(ScriptedModel.shell("touch cancelled"), ScriptedModel.text("Next."));
    AcpClient client = shared(ASKING);
    String session = client.session();

    JsonNode answer = client.prompt(session, "Go.", "cancelled");

    assertThat(answer.path("stopReason").asText()).isEqualTo("cancelled");
    JsonNode last = last(answer, updates(answer, "tool_call").getFirst());
    assertThat(last.path("status").asText()).isEqualTo("failed");
    assertThat(content(last)).contains("It was not made. Nothing was run.");
    assertThat(directory.resolve("cancelled")).doesNotExist();
    assertThat(text(client.prompt(session, "Go on."))).isEqualTo("Next.");
  }

  @Test
  void anEditorThatCannotAskLeavesTheCallToATerminal() throws Exception {
    model.add(ScriptedModel.shell("touch approved"), ScriptedModel.text("Made."));
    AcpClient client = shared(ASKING);

    String error = client.prompt(client.session(), "Go.", "error").path("error").asText();

    assertThat(error)
        .contains("waits for a person's approval of run_shell", "nothing of that was run");
    assertThat(directory.resolve("approved")).doesNotExist();
    String next = error.lines().toList().getLast().replace("Go on with: initrunner ", "");
    CapturedConsole console = CapturedConsole.of(environment());
    assertThat(console.run(next.split(" "))).as(console.stderr()).isZero();
    assertThat(directory.resolve("approved")).exists();
  }

  @Test
  void aCancelledPromptStopsItsCommandAndProvesIt() throws Exception {
    model.add(ScriptedModel.shell("sleep 2077"), ScriptedModel.text("Next."));
    AcpClient client = shared(SHELL);
    String session = client.session();
    client.begin(session, "Go.", "run");
    awaitCommand("sleep 2077");

    JsonNode answer = client.cancel(session);

    assertThat(commands("sleep 2077")).isEmpty();
    assertThat(answer.path("stopReason").asText()).isEqualTo("cancelled");
    JsonNode stopped = updates(answer, "tool_call").getFirst();
    assertThat(last(answer, stopped).path("status").asText()).isEqualTo("failed");
    assertThat(content(last(answer, stopped)))
        .contains("Execution was cancelled. The command was stopped.");
    assertThat(ended(stopped)).singleElement().asString().contains("ended=cancelled stop=stopped");
    assertThat(text(client.prompt(session, "Go on."))).isEqualTo("Next.");
  }

  @Test
  void aPromptThatWaitsForItsModelOrForAPersonIsCancelled() throws Exception {
    model.add(new ScriptedModel.Reply.Hang(), ScriptedModel.shell("touch never"));
    AcpClient client = shared(ASKING);
    String session = client.session();
    client.begin(session, "Is it there?", "run");
    while (!model.awaitRequest().lastMessage().equals("Is it there?")) {}
    assertThat(client.cancel(session).path("stopReason").asText()).isEqualTo("cancelled");

    client.begin(session, "Again.", "never");
    client.awaitUpdate("\"pending\"");
    assertThat(client.cancel(session).path("stopReason").asText()).isEqualTo("cancelled");
    assertThat(directory.resolve("never")).doesNotExist();
  }

  @Test
  void sessionsAreConversationsOfTheirOwnAtTheSameTimeOverOneConnection() throws Exception {
    Path end = fifo("sessions");
    model.add(
        ScriptedModel.shell("sh -c 'echo first; cat " + end + "'"),
        ScriptedModel.text("Second."),
        ScriptedModel.text("First."));
    AcpClient client = shared(SHELL);
    String first = client.session();
    String second = client.session();
    client.begin(first, "A?", "run");
    client.awaitUpdate("```\\nfirst");
    long logins = sshd.logins();
    assertThat(client.prompt(first, "At once?").path("error").asText())
        .contains("answers another prompt");

    assertThat(text(client.prompt(second, "B?"))).endsWith("Second.");
    assertThat(model.requests().getLast().body().toString()).doesNotContain("A?");

    Files.writeString(end, "over\n");
    assertThat(client.end(first).path("stopReason").asText()).isEqualTo("end_turn");
    assertThat(sshd.logins()).isEqualTo(logins);
  }

  @Test
  void aClosedSessionStopsWhatRunsAndIsGone() throws Exception {
    model.add(ScriptedModel.shell("sleep 2078"));
    AcpClient client = shared(SHELL);
    String session = client.session();
    client.begin(session, "Go.", "run");
    awaitCommand("sleep 2078");

    JsonNode closed = client.step("{\"do\":\"close\",\"session\":\"" + session + "\"}");

    assertThat(closed.toString()).isEqualTo("{}");
    assertThat(commands("sleep 2078")).isEmpty();
    assertThat(client.end(session).path("stopReason").asText()).isEqualTo("cancelled");
    assertThat(client.prompt(session, "Go on.").path("error").asText())
        .contains("there is no session '" + session + "'; session/new begins one");
  }

  @Test
  void aLimitIsToldInTheProtocolsWordsAndInOurs() throws Exception {
    model.add(
        ScriptedModel.shell("true"),
        ScriptedModel.shell("true"),
        new ScriptedModel.Reply.Stopped("Half an", "length"));
    try (AcpClient client =
        client(sshd, SHELL, "guardrails:\n  max_tool_calls: 1\n  session_token_budget: 50\n")) {
      String session = client.session();
      JsonNode steps = client.prompt(session, "Go.");
      assertThat(steps.path("stopReason").asText()).isEqualTo("max_turn_requests");
      assertThat(text(steps)).contains("limit of 1 tool calls (spec.guardrails.max_tool_calls)");

      JsonNode tokens = client.prompt(session, "Go.");
      assertThat(tokens.path("stopReason").asText()).isEqualTo("max_tokens");
      assertThat(text(tokens)).contains("cut off at its token limit", "The session has used 54");

      int asked = model.requests().size();
      JsonNode spent = client.prompt(session, "Go.");
      assertThat(spent.path("stopReason").asText()).isEqualTo("max_tokens");
      assertThat(text(spent)).contains("so no model is asked any more");
      assertThat(model.requests()).hasSize(asked);
    }
  }

  @Test
  void aModelThatFailsIsAnErrorWithTheNextStepAndTheSessionGoesOn() throws Exception {
    model.add(
        ScriptedModel.status(401, "{\"error\":{\"message\":\"bad key\"}}"),
        ScriptedModel.text("Well."));
    AcpClient client = shared(SHELL);
    String session = client.session();

    JsonNode answer = client.prompt(session, "Go.");

    assertThat(answer.path("error").asText()).contains("(401): bad key", "OPENAI_API_KEY");
    assertThat(answer.path("code").asInt()).isEqualTo(-32603);
    assertThat(text(client.prompt(session, "Go on."))).isEqualTo("Well.");
  }

  @Test
  void aHostThatIsDownIsToldBeforeTheModelIsAskedAndTheNextPromptTriesAgain() throws Exception {
    try (AcpClient client = client(other, SHELL, "")) {
      String session = client.session();
      other.stop();
      int asked = model.requests().size();
      try {
        assertThat(client.prompt(session, "Go.").path("error").asText()).contains("my-build-box");
        assertThat(model.requests()).hasSize(asked);
      } finally {
        other.start();
      }
      model.add(ScriptedModel.shell("echo back"), ScriptedModel.text("It is back."));
      String text = "";
      for (int i = 0; i < 20 && !text.endsWith("It is back."); i++) {
        text = text(client.prompt(session, "Go."));
      }
      assertThat(text).endsWith("It is back.");
    }
  }

  @Test
  void theAgentEndsWithItsEditorAndLeavesNothingRunning() throws Exception {
    model.add(ScriptedModel.shell("sleep 2079"));
    try (AcpClient client = client(sshd, SHELL, "")) {
      ProcessHandle agent = client.agent();
      client.begin(client.session(), "Go.", "run");
      awaitCommand("sleep 2079");

      client.editor().destroyForcibly();

      agent.onExit().get(60, TimeUnit.SECONDS);
      assertThat(commands("sleep 2079")).isEmpty();
    }
  }

  @Test
  void aSignalEndsTheAgentAndItsCommand() throws Exception {
    model.add(ScriptedModel.shell("sleep 2080"));
    try (AcpClient client = client(sshd, SHELL, "")) {
      ProcessHandle agent = client.agent();
      client.begin(client.session(), "Go.", "run");
      awaitCommand("sleep 2080");

      agent.destroy();

      agent.onExit().get(60, TimeUnit.SECONDS);
      assertThat(commands("sleep 2080")).isEmpty();
    }
  }

  @Test
  void whatThePersonAddsReachesTheModelAndServersOfTheEditorAreNotStarted() throws Exception {
    model.add(ScriptedModel.text("I see."));
    AcpClient client = shared(SHELL);
    String session =
        client
            .step(
                """
                {"do":"new","servers":[{"name":"files","command":"/bin/false","args":[],"env":[]}]}
                """
                    .strip())
            .path("sessionId")
            .asText();

    JsonNode answer =
        client.step(
            """
            {"do":"prompt","session":"SESSION","prompt":[{"type":"text","text":"Look at "},
            {"type":"resource_link","name":"a.py","uri":"file:///home/me/a.py"},
            {"type":"text","text":" and"},
            {"type":"resource","resource":{"uri":"file:///home/me/b.py","text":"print(1)"}}]}
            """
                .replace("SESSION", session)
                .replace("\n", ""));

    assertThat(text(answer)).contains("MCP servers are not started", ": files.", "I see.");
    assertThat(model.requests().getLast().lastMessage())
        .startsWith("Look at [@a.py](file:///home/me/a.py) and\n[@file:///home/me/b.py]")
        .contains("The tools act on my-build-box, and do not see these files.")
        .endsWith("<context ref=\"file:///home/me/b.py\">\nprint(1)\n</context>");
  }

  private static Path fifo(String name) throws Exception {
    Path fifo = directory.resolve("fifo-" + name);
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    return fifo;
  }

  private static List<JsonNode> updates(JsonNode answer, String kind) {
    return StreamSupport.stream(answer.path("updates").spliterator(), false)
        .filter(each -> each.path("sessionUpdate").asText().equals(kind))
        .toList();
  }

  private static String text(JsonNode answer) {
    return updates(answer, "agent_message_chunk").stream()
        .map(each -> each.at("/content/text").asText())
        .collect(Collectors.joining());
  }

  private static JsonNode call(JsonNode answer, String title) {
    return updates(answer, "tool_call").stream()
        .filter(each -> each.path("title").asText().equals(title))
        .findFirst()
        .orElseThrow();
  }

  /// The updates of one call.
  private static List<JsonNode> of(JsonNode answer, JsonNode call) {
    return updates(answer, "tool_call_update").stream()
        .filter(each -> each.path("toolCallId").equals(call.path("toolCallId")))
        .toList();
  }

  private static JsonNode last(JsonNode answer, JsonNode call) {
    return of(answer, call).getLast();
  }

  private static String content(JsonNode update) {
    return update.at("/content/0/content/text").asText();
  }

  /// The run is the first part of the call's id.
  private static String runOf(JsonNode call) {
    return call.path("toolCallId").asText().replaceFirst("-.*", "");
  }

  /// The details of the calls that ended in the same run.
  private static List<String> ended(JsonNode call) {
    return new AuditQuery(Optional.of("sandbox.exec"), Optional.empty(), Optional.empty(), 1000)
        .run(directory.resolve("home/audit.db")).stream()
            .map(AuditQuery.Event::details)
            .filter(row -> row.contains(" run=" + runOf(call) + " "))
            .filter(row -> !row.contains(" tool=facts "))
            .toList();
  }

  private static List<String> commands(String line) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(each -> each.endsWith(line))
        .toList();
  }

  /// Looks at the processes once a round: one that starts a program has no command line for a
  /// moment.
  private static void awaitCommand(String line) throws InterruptedException {
    for (int i = 0; i < 1200; i++) {
      if (!commands(line).isEmpty()) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("'" + line + "' does not run");
  }
}
