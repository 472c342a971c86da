package initrunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.agent.ScriptedModel;
import initrunner.audit.AuditQuery;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.RemedyException;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a program gets that embeds this one: [Role], [Sandbox], [Agent].
class AgentTest {

  @TempDir private Path directory;
  private ScriptedModel server = ScriptedModel.of();

  @AfterEach
  void stopServer() {
    server.close();
  }

  /// Writes down what it sees.
  private static class Seen implements RunListener {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Decision decision;

    Seen(Decision decision) {
      this.decision = decision;
    }

    void saw(String event) {
      events.add(event);
    }

    @Override
    public void text(String more) {
      saw("text " + more);
    }

    @Override
    public void turnEnded() {
      saw("turn");
    }

    @Override
    public void toolStarted(Call call) {
      saw("started " + call.tool() + " " + call.arguments());
    }

    @Override
    public void output(Call call, Stream<String> lines) {
      lines.forEach(line -> saw("printed " + line));
    }

    @Override
    public void toolEnded(Call call, String text, String status, Duration duration) {
      saw("ended " + status);
    }

    @Override
    public Decision approve(Call call) {
      saw("asked " + call.tool());
      return decision;
    }
  }

  @Test
  void aRunAnswersShowsWhatHappensAndLeavesItsRows() throws Exception {
    script(
        ScriptedModel.calls(ScriptedModel.shellCall("a", "echo built")),
        ScriptedModel.text("It builds."));
    Seen seen = new Seen(RunListener.Decision.LATER);

    RunResult result;
    try (Agent agent = Agent.open(role(""))) {
      result = agent.run("Does it build?", seen);
    }

    assertThat(result.output()).isEqualTo("It builds.");
    assertThat(result.failure()).isEmpty();
    assertThat(result.pause()).isEmpty();
    assertThat(result.unkept()).isEmpty();
    assertThat(result.toolNames()).containsExactly("run_shell");
    assertThat(result.tokensOut()).isEqualTo(2 * ScriptedModel.COMPLETION_TOKENS);
    assertThat(seen.events)
        .containsSubsequence(
            "turn",
            "started run_shell {command=echo built}",
            "printed built",
            "ended succeeded",
            "text It ",
            "text builds.",
            "turn");
    assertThat(rows("sandbox.exec")).anyMatch(row -> row.contains("run=" + result.runId()));
  }

  @Test
  void aConversationKnowsWhatWasSaidAndARunDoesNot() throws Exception {
    script(
        ScriptedModel.text("Noted."), ScriptedModel.text("Blue."), ScriptedModel.text("Unknown."));

    try (Agent agent = Agent.open(role(""))) {
      Agent.Conversation conversation = agent.converse();
      conversation.say("My colour is blue.", RunListener.NONE);
      assertThat(conversation.say("Which is it?", RunListener.NONE).output()).isEqualTo("Blue.");
      agent.run("Which is it?", RunListener.NONE);
    }

    assertThat(server.requests().get(1).body().toString()).contains("My colour is blue.");
    assertThat(server.requests().get(2).body().toString()).doesNotContain("My colour is blue.");
  }

  @Test
  void aCallThatNeedsAYesPausesTheRunUntilItIsResumed() throws Exception {
    script(
        ScriptedModel.calls(ScriptedModel.shellCall("a", "sh -c 'echo x >>made'")),
        ScriptedModel.text("Made."));
    String approval = "      require_confirmation: true\n";

    RunResult paused;
    try (Agent agent = Agent.open(role(approval))) {
      paused = agent.run("Make it.", RunListener.NONE);
      assertThat(paused.pause().orElseThrow().calls())
          .extracting(RunListener.Call::tool)
          .containsExactly("run_shell");
      assertThat(directory.resolve("made")).doesNotExist();
    }
    try (Agent agent = Agent.open(role(approval))) {
      String id = paused.pause().orElseThrow().approvalId();
      RunResult resumed = agent.resume(id, RunListener.Decision.APPROVE, RunListener.NONE);

      assertThat(resumed.output()).isEqualTo("Made.");
      assertThat(resumed.runId()).isEqualTo(paused.runId());
      assertThat(directory.resolve("made")).hasContent("x");
      assertThatThrownBy(() -> agent.resume(id, RunListener.Decision.APPROVE, RunListener.NONE))
          .isInstanceOf(RemedyException.class);
    }
    assertThat(directory.resolve("made")).hasContent("x");
  }

  @Test
  void aListenerAnswersForAPerson() throws Exception {
    script(ScriptedModel.calls(ScriptedModel.shellCall("a", "echo x")), ScriptedModel.text("No."));
    Seen seen = new Seen(RunListener.Decision.DENY);

    try (Agent agent = Agent.open(role("      require_confirmation: true\n"))) {
      assertThat(agent.run("Make it.", seen).output()).isEqualTo("No.");
    }

    assertThat(seen.events).contains("asked run_shell", "ended denied");
    assertThat(server.requests().getLast().lastMessage()).contains("said no");
  }

  @Test
  void aPausedRunIsNotResumedUnderARoleThatHasChanged() throws Exception {
    script(ScriptedModel.calls(ScriptedModel.shellCall("a", "echo x")));
    RunResult paused;
    try (Agent agent = Agent.open(role("      require_confirmation: true\n"))) {
      paused = agent.run("Make it.", RunListener.NONE);
    }

    try (Agent agent =
        Agent.open(role("      require_confirmation: true\n      timeout_seconds: 9\n"))) {
      assertThatThrownBy(() ->
              agent.resume(
                  paused.pause().orElseThrow().approvalId(),
                  RunListener.Decision.APPROVE,
                  RunListener.NONE))
          .isInstanceOf(RemedyException.class)
          .hasMessageContaining("has changed since run " + paused.runId());
    }
  }

  @Test
  void runsOfOneAgentGoOnAtOnce() throws Exception {
    ScriptedModel.Reply[] replies = new ScriptedModel.Reply[8];
    for (int i = 0; i < replies.length; i++) {
      replies[i] = ScriptedModel.text("Done.");
    }
    script(replies);

    try (Agent agent = Agent.open(role(""));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<RunResult>> runs = new ArrayList<>();
      for (int i = 0; i < replies.length; i++) {
        runs.add(threads.submit(() -> agent.run("Go.", RunListener.NONE)));
      }
      List<String> ids = new ArrayList<>();
      for (Future<RunResult> run : runs) {
        assertThat(run.get().output()).isEqualTo("Done.");
        ids.add(run.get().runId());
      }
      assertThat(ids).doesNotHaveDuplicates();
    }
  }

  @Test
  void anInterruptEndsARunAndStopsItsCommand() throws Exception {
    script(ScriptedModel.calls(ScriptedModel.shellCall("a", "sleep 600")));
    CountDownLatch began = new CountDownLatch(1);
    RunListener untilItBegins =
        new RunListener() {
          @Override
          public void toolStarted(Call call) {
            began.countDown();
          }
        };

    try (Agent agent = Agent.open(role(""));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Boolean> interrupted = new ArrayList<>();
      Thread[] caller = new Thread[1];
      CountDownLatch known = new CountDownLatch(1);
      Future<RunResult> run =
          threads.submit(() -> {
            caller[0] = Thread.currentThread();
            known.countDown();
            RunResult result = agent.run("Go.", untilItBegins);
            interrupted.add(Thread.currentThread().isInterrupted());
            return result;
          });
      known.await();
      began.await();
      caller[0].interrupt();

      assertThat(run.get().failure().map(RunResult.Failure::kind)).contains("CANCELLED");
      assertThat(interrupted).containsExactly(true);
    }
  }

  @Test
  void withoutAKeyNoAgentIsOpenedAndTheNextStepIsSaid() throws Exception {
    Role role = Role.load(roleFile(""), Map.of("INITRUNNER_HOME", home()));

    assertThatThrownBy(() -> Agent.open(role))
        .isInstanceOf(RemedyException.class)
        .satisfies(e -> assertThat(((RemedyException) e).remedy()).contains("OPENAI_API_KEY"));
  }

  @Test
  void aRoleThatCannotBeUsedSaysAllItsFaults() throws Exception {
    Path file = Files.writeString(directory.resolve("role.yaml"), "kind: Agent\nspec: {}\n");

    assertThatThrownBy(() -> Role.load(file))
        .isInstanceOf(RemedyException.class)
        .hasMessageContaining("apiVersion")
        .hasMessageContaining("metadata");
  }

  @Test
  void aSandboxRunsCommandsAndRecordsThem() throws Exception {
    Captured output = new Captured(100);

    try (Sandbox sandbox = Sandbox.open(role(""))) {
      assertThat(sandbox.host()).isEqualTo("this machine");
      assertThat(sandbox.run(Command.of("echo", "built"), Limits.unbounded(), output).ended())
          .isEqualTo(new Ended.Exited(0));
      assertThatThrownBy(
              () -> sandbox.run(Command.of("no-such-program"), Limits.unbounded(), output))
          .isInstanceOf(TransportException.class);
    }

    assertThat(output.stdoutText()).isEqualTo("built\n");
    assertThat(rows("sandbox.exec")).hasSize(2);
  }

  @Test
  void theToolsOfASandboxKeepToTheRolesRules() throws Exception {
    try (Sandbox sandbox = Sandbox.open(role(""))) {
      Sandbox.Tool shell = sandbox.tools().getFirst();
      assertThat(shell.name()).isEqualTo("run_shell");
      assertThat(shell.parameters())
          .extracting(Sandbox.Parameter::name, Sandbox.Parameter::type)
          .contains(org.assertj.core.groups.Tuple.tuple("command", "string"));

      assertThat(shell.call("a", "{\"command\": \"echo built\"}").status()).isEqualTo("succeeded");
      assertThat(shell.call("b", "{\"command\": \"sudo ls\"}").status()).isEqualTo("refused");
      assertThat(shell.call("c", "no JSON").status()).isEqualTo("invalid");
    }
    try (Sandbox sandbox = Sandbox.open(role("      require_confirmation: true\n"))) {
      Sandbox.Tool shell = sandbox.tools().getFirst();
      String arguments = "{\"command\": \"echo built\"}";
      assertThat(shell.needsApproval(arguments)).isTrue();
      assertThat(shell.needsApproval("no JSON")).isFalse();
      assertThat(shell.call("a", arguments).status()).isEqualTo("refused");
      assertThat(shell.callApproved("a", arguments).text()).contains("built");
    }
  }

  @Test
  void aHostThatIsNoneIsRefusedBeforeAnythingIsStarted() {
    assertThatThrownBy(() -> Sandbox.ssh("-oProxyCommand=touch x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the host is '-oProxyCommand=touch x'");
  }

  @Test
  void closingASandboxStopsACallWhoseSinkBlocksAndRecordsIt() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    Sink blocking =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            began.countDown();
            try {
              Thread.sleep(Duration.ofMinutes(5));
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };
    Sandbox sandbox = Sandbox.open(role(""));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> call =
          threads.submit(() ->
              sandbox.run(
                  Command.of("sh", "-c", "echo a; sleep 600"), Limits.unbounded(), blocking));
      began.await();

      sandbox.close();

      assertThat(call.get().ended()).isEqualTo(new Ended.Cancelled(Stop.STOPPED));
    }
    assertThat(rows("sandbox.exec")).singleElement().asString().contains("ended=cancelled");
    assertThatThrownBy(() -> sandbox.run(Command.of("true"), Limits.unbounded(), Sink.DISCARD))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this sandbox is closed: nothing was started");
  }

  @Test
  void aSandboxThatIsClosedFromASinkEndsWithThatCall() throws Exception {
    Sandbox sandbox = Sandbox.open(role(""));
    Sink closing =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            sandbox.close();
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };

    Outcome outcome =
        sandbox.run(Command.of("sh", "-c", "echo a; sleep 600"), Limits.unbounded(), closing);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(outcome.ended()).isEqualTo(new Ended.Cancelled(Stop.STOPPED));
    assertThat(rows("sandbox.exec")).hasSize(1);
  }

  @Test
  void aCallOfAnInterruptedThreadIsNotStarted() throws Exception {
    try (Sandbox sandbox = Sandbox.open(role(""))) {
      Thread.currentThread().interrupt();
      Outcome outcome =
          sandbox.run(
              Command.of("touch", directory.resolve("made").toString()),
              Limits.unbounded(),
              Sink.DISCARD);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(outcome.ended()).isEqualTo(new Ended.Cancelled(Stop.STOPPED));
    }
    assertThat(directory.resolve("made")).doesNotExist();
  }

  @Test
  void aCommandWithSecretsOfItsOwnIsRefused() throws Exception {
    Command command = Command.of("true").withSecrets(SecretEnvironment.of(Map.of("PW", "hunter2")));
    try (Sandbox sandbox = Sandbox.open(role(""))) {
      assertThatThrownBy(() -> sandbox.run(command, Limits.unbounded(), Sink.DISCARD))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("secret_env");
    }
  }

  @Test
  void closingAnAgentEndsItsRunsAsCancelled() throws Exception {
    script(ScriptedModel.calls(ScriptedModel.shellCall("a", "sleep 600")));
    CountDownLatch began = new CountDownLatch(1);
    RunListener untilItBegins =
        new RunListener() {
          @Override
          public void toolStarted(Call call) {
            began.countDown();
          }
        };
    Agent agent = Agent.open(role(""));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<RunResult> run = threads.submit(() -> agent.run("Go.", untilItBegins));
      began.await();

      agent.close();

      assertThat(run.get().failure().map(RunResult.Failure::kind)).contains("CANCELLED");
      assertThat(run.get().unkept()).isEmpty();
    }
    assertThatThrownBy(() -> agent.run("Go.", RunListener.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this agent is closed: nothing was started");
  }

  /// Events come on the run's own threads.
  @Test
  @Timeout(50)
  void anAgentThatIsClosedFromAListenerEndsWithThatRun() throws Exception {
    for (String where : List.of("turn", "started", "printed", "asked")) {
      script(ScriptedModel.calls(ScriptedModel.shellCall("a", "sh -c 'echo x; sleep 600'")));
      Agent agent = Agent.open(role("      require_confirmation: true\n"));
      Seen closing =
          new Seen(RunListener.Decision.APPROVE) {
            @Override
            void saw(String event) {
              if (event.startsWith(where)) {
                agent.close();
              }
            }
          };

      RunResult result = agent.run("Go.", closing);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(result.failure().map(RunResult.Failure::kind)).contains("CANCELLED");
      assertThat(result.unkept()).isEmpty();
    }
  }

  /// As one of Kotlin's may.
  @Test
  @Timeout(50)
  void aCheckedExceptionOfASinkOrAListenerEndsTheCallAsAnyOther() throws Exception {
    IOException full = new IOException("full");
    Sink failing =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            AgentTest.<RuntimeException>throwUndeclared(full);
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };
    Command command = Command.of("sh", "-c", "echo a; exec sleep 613");
    try (Sandbox sandbox = Sandbox.open(role(""))) {
      assertThatThrownBy(() -> sandbox.run(command, Limits.unbounded(), failing)).hasCause(full);
    }
    assertThat(ProcessHandle.current().descendants())
        .noneMatch(left -> left.info().commandLine().orElse("").endsWith("sleep 613"));

    for (String where : List.of("turn", "started", "printed", "asked")) {
      script(ScriptedModel.calls(ScriptedModel.shellCall("a", "echo x")));
      Seen listener =
          new Seen(RunListener.Decision.APPROVE) {
            @Override
            void saw(String event) {
              if (event.startsWith(where)) {
                AgentTest.<RuntimeException>throwUndeclared(full);
              }
            }
          };
      try (Agent agent = Agent.open(role("      require_confirmation: true\n"))) {
        assertThatThrownBy(() -> agent.run("Go.", listener)).as(where).hasCause(full);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void throwUndeclared(Throwable checked) throws E {
    throw (E) checked;
  }

  @Test
  void aConversationTakesNoPromptWhileItAnswersOne() throws Exception {
    script(ScriptedModel.text("Noted."), ScriptedModel.text("Blue."));
    try (Agent agent = Agent.open(role(""))) {
      Agent.Conversation conversation = agent.converse();
      RunListener reentering =
          new RunListener() {
            @Override
            public void turnEnded() {
              conversation.say("And this?", RunListener.NONE);
            }
          };

      assertThatThrownBy(() -> conversation.say("My colour is blue.", reentering))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("answers another prompt");
      assertThat(conversation.say("Which is it?", RunListener.NONE).output()).isEqualTo("Blue.");
    }
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
  }

  private String home() {
    return directory.resolve("home").toString();
  }

  private List<String> rows(String type) {
    return new AuditQuery(Optional.of(type), Optional.empty(), Optional.empty(), 100)
        .run(Path.of(home(), "audit.db")).stream().map(row -> row.details()).toList();
  }

  private Role role(String more) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("INITRUNNER_HOME", home());
    environment.put("OPENAI_API_KEY", "sk-test");
    environment.put("OPENAI_BASE_URL", server.baseUrl().toString());
    return Role.load(roleFile(more), environment);
  }

  /// @param more of the shell tool, as whole lines
  private Path roleFile(String more) throws IOException {
    return Files.writeString(
        directory.resolve("role.yaml"),
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: embedded
        spec:
          role: You are brief.
          model:
            provider: openai
            name: gpt-5-mini
          tools:
            - type: shell
              working_dir: %s
        %s\
        """
            .formatted(directory, more));
  }
}
