package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.agent.AgentRun.Failure;
import initrunner.model.Model;
import initrunner.model.RunEvent;
import initrunner.model.TestModels;
import initrunner.model.Usage;
import initrunner.model.http.Models;
import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.role.model.ModelSettings;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The loop, over HTTP against a scripted model; the tools are functions.
class AgentLoopTest {

  private static final Guardrails LIMITS = new Guardrails(Duration.ofMinutes(1), 20);

  private final ConcurrentLinkedQueue<RunEvent> events = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<ToolCall> made = new ConcurrentLinkedQueue<>();
  private ScriptedModel server = ScriptedModel.of();

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void toolCallsAreMadeUntilTheModelAnswers() {
    script(
        ScriptedModel.shell("uname -n"),
        ScriptedModel.shell("uname -r"),
        ScriptedModel.text("box runs 6.1."));

    AgentRun run = run(LIMITS, this::echo);

    assertThat(run.output()).isEqualTo("box runs 6.1.");
    assertThat(run.failure()).isEmpty();
    assertThat(run.toolNames()).containsExactly("run_shell", "run_shell");
    assertThat(run.usage())
        .isEqualTo(new Usage(3 * ScriptedModel.PROMPT_TOKENS, 3 * ScriptedModel.COMPLETION_TOKENS));
    assertThat(made)
        .extracting(call -> call.arguments().get("command"))
        .containsExactly("uname -n", "uname -r");
    assertThat(server.requests().get(1).lastMessage()).isEqualTo("ran uname -n");
    assertThat(server.requests().get(2).lastMessage()).isEqualTo("ran uname -r");
  }

  @Test
  void theCallsOfOneTurnRunAtTheSameTimeAndAnswerInTheOrderOfTheRequests() {
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "one"),
            ScriptedModel.shellCall("b", "two"),
            ScriptedModel.shellCall("c", "three")),
        ScriptedModel.text("done"));
    CyclicBarrier allAtOnce = new CyclicBarrier(3);

    run(
        LIMITS,
        call -> {
          meet(allAtOnce);
          return echo(call);
        });

    List<String> answers =
        Stream.of(3, 4, 5)
            .map(i -> server.requests().get(1).body().path("messages").path(i))
            .map(answer ->
                answer.path("tool_call_id").asText() + " " + answer.path("content").asText())
            .toList();
    assertThat(answers).containsExactly("a ran one", "b ran two", "c ran three");
  }

  @Test
  void callsToWhichAServerGivesOneIdHaveTwo() {
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "one"),
            ScriptedModel.shellCall("a", "two"),
            ScriptedModel.shellCall("a-2", "three")),
        ScriptedModel.text("done"));

    run(LIMITS, this::echo);

    assertThat(made).extracting(ToolCall::id).doesNotHaveDuplicates().hasSize(3);
    assertThat(server.requests().get(1).lastMessage()).isEqualTo("ran three");
  }

  @Test
  void whoWatchesSeesEachCallStartAndEnd() {
    script(ScriptedModel.shell("uname"), ScriptedModel.text("ok"));

    run(LIMITS, this::echo);

    ToolCall call = new ToolCall("call-1", "run_shell", Map.of("command", "uname"));
    assertThat(events)
        .satisfiesExactly(
            event -> assertThat(event).isEqualTo(new RunEvent.TurnEnded()),
            event -> assertThat(event).isEqualTo(new RunEvent.ToolStarted(call)),
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        RunEvent.ToolEnded.class,
                        ended -> assertThat(ended.result().status()).isEqualTo(Status.SUCCEEDED)),
            event -> assertThat(event).isEqualTo(new RunEvent.TextDelta("ok")),
            event -> assertThat(event).isEqualTo(new RunEvent.TurnEnded()));
  }

  @Test
  void argumentsThatAreNoObjectAreAnAnswerToTheModelAndNoCall() {
    script(
        ScriptedModel.calls(
            new ScriptedModel.Call("a", "run_shell", "{\"command\": \"una"),
            new ScriptedModel.Call("b", "run_shell", "[1]")),
        ScriptedModel.text("sorry"));

    AgentRun run = run(LIMITS, this::echo);

    assertThat(run.failure()).isEmpty();
    assertThat(made).isEmpty();
    assertThat(server.requests().get(1).lastMessage())
        .startsWith("Error: the arguments are not a JSON object: they are a list");
  }

  @Test
  void moreToolCallsThanAllowedEndTheRunAndAreNotMade() {
    script(
        ScriptedModel.shell("one"),
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "two"), ScriptedModel.shellCall("b", "three")));

    AgentRun run = run(new Guardrails(Duration.ofMinutes(1), 2), this::echo);

    assertThat(made).extracting(call -> call.arguments().get("command")).containsExactly("one");
    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.USAGE_LIMIT);
    assertThat(run.failure().map(Failure::message))
        .contains(
            "the run reached its limit of 2 tool calls (spec.guardrails.max_tool_calls): after 1"
                + " the model asked for 2 more, which were not made");
    assertThat(run.toolNames()).containsExactly("run_shell");
  }

  @Test
  void aRunWithoutToolCallsAllowedEndsAtTheFirst() {
    script(ScriptedModel.shell("one"));

    AgentRun run = run(new Guardrails(Duration.ofMinutes(1), 0), this::echo);

    assertThat(made).isEmpty();
    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.USAGE_LIMIT);
  }

  @Test
  void modelRequestsAreBoundedEvenWhereToolCallsAreNot() {
    script(
        Stream.generate(() -> ScriptedModel.shell("again"))
            .limit(60)
            .toArray(ScriptedModel.Reply[]::new));

    AgentRun run = run(new Guardrails(Duration.ofMinutes(1), 30), this::echo);

    assertThat(run.failure().map(Failure::message))
        .hasValueSatisfying(message -> assertThat(message).contains("limit of 30 tool calls"));
    assertThat(server.requests()).hasSize(31);
  }

  @Test
  void theTimeoutStopsTheCallInFlightAndTheResultSaysWhatBecameOfIt() {
    script(ScriptedModel.shell("sleep 1000"));

    AgentRun run = run(new Guardrails(Duration.ofMillis(300), 20), AgentLoopTest::untilStopped);

    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.TIMEOUT);
    assertThat(run.failure().map(Failure::message))
        .hasValueSatisfying(message ->
            assertThat(message)
                .startsWith("the run timed out after 0.3 s (spec.guardrails.timeout_seconds)")
                .endsWith("run_shell: Cancelled. It was stopped."));
    assertThat(run.toolNames()).containsExactly("run_shell");
  }

  @Test
  void aCallThatIsNotMadeHasNoAnswerThoughTheSameOneWasMadeBefore() {
    script(ScriptedModel.shell("uname"), ScriptedModel.shell("uname"), ScriptedModel.text("ok"));
    Dialogue dialogue = new Dialogue();
    AgentRun refused;
    try (Model model = open()) {
      AgentLoop loop =
          new AgentLoop(
              model,
              "Be brief.",
              new Toolbox(List.of(), this::echo),
              new Guardrails(Duration.ofMinutes(1), 1));
      refused = dialogue.say(loop, "Go.", events::add);
      dialogue.say(loop, "And now?", events::add);
    }

    assertThat(refused.failure().map(Failure::kind)).contains(Failure.Kind.USAGE_LIMIT);
    assertThat(made).hasSize(1);
    assertThat(server.requests().get(2).body().findValuesAsText("content"))
        .containsSubsequence("ran uname", "Error: it was not made. Nothing was run.");
  }

  @Test
  void aRunThatIsStoppedDuringItsCallsGivesWhatBecameOfThemToTheNextPrompt() {
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "one"), ScriptedModel.shellCall("b", "two")),
        ScriptedModel.text("ok"));
    Dialogue dialogue = new Dialogue();
    Thread caller = Thread.currentThread();
    Toolbox oneByOne =
        new Toolbox(
            List.of(),
            call -> {
              if (call.id().equals("a")) {
                return echo(call);
              }
              caller.interrupt();
              return untilStopped(call);
            },
            new Toolbox.Approvals(_ -> false, Approver.ABSENT, this::echo, this::echo),
            2,
            Optional.empty());
    try (Model model = open()) {
      AgentLoop loop = new AgentLoop(model, "Be brief.", oneByOne, LIMITS);
      AgentRun stopped = dialogue.say(loop, "Go.", events::add);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(stopped.failure().map(Failure::kind)).contains(Failure.Kind.CANCELLED);
      dialogue.say(loop, "And now?", events::add);
    }

    assertThat(server.requests().getLast().body().findValuesAsText("content"))
        .containsSubsequence("Cancelled. It was stopped.\nmore", "And now?");
  }

  @Test
  void theTimeoutEndsAModelRequestThatHangs() {
    script(new ScriptedModel.Reply.Hang());

    AgentRun run = run(new Guardrails(Duration.ofMillis(300), 20), this::echo);

    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.TIMEOUT);
  }

  @Test
  void anInterruptStopsEveryCallInFlightAndLeavesTheThreadInterrupted() throws Exception {
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "one"), ScriptedModel.shellCall("b", "two")));
    CountDownLatch running = new CountDownLatch(2);
    ConcurrentLinkedQueue<AgentRun> runs = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Boolean> interrupted = new ConcurrentLinkedQueue<>();

    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              runs.add(
                  run(
                      LIMITS,
                      call -> {
                        running.countDown();
                        return untilStopped(call);
                      }));
              interrupted.add(Thread.currentThread().isInterrupted());
            });
    running.await();
    caller.interrupt();
    caller.join();

    assertThat(interrupted).containsExactly(true);
    assertThat(runs)
        .singleElement()
        .satisfies(run -> {
          assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.CANCELLED);
          assertThat(run.failure().map(Failure::message))
              .contains(
                  "the run was interrupted; run_shell: Cancelled. It was stopped.; run_shell:"
                      + " Cancelled. It was stopped.");
        });
  }

  @Test
  void aModelThatFailsEndsTheRunWithItsMessageAndNextStep() {
    script(ScriptedModel.shell("one"), ScriptedModel.status(401, ""));

    AgentRun run = run(LIMITS, this::echo);

    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.AUTH);
    assertThat(run.failure().map(Failure::remedy))
        .hasValueSatisfying(remedy -> assertThat(remedy).contains("api_key_env"));
    assertThat(run.toolNames()).containsExactly("run_shell");
  }

  @Test
  void anAnswerThatIsCutOffOrWithheldOrEmptyIsAFailureThatKeepsTheText() {
    script(
        new ScriptedModel.Reply.Stopped("The first half", "length"),
        new ScriptedModel.Reply.Stopped("", "content_filter"),
        ScriptedModel.text(""));

    AgentRun cut = run(LIMITS, this::echo);
    AgentRun withheld = run(LIMITS, this::echo);
    AgentRun empty = run(LIMITS, this::echo);

    assertThat(cut.output()).isEqualTo("The first half");
    assertThat(cut.failure().map(Failure::remedy))
        .hasValueSatisfying(remedy -> assertThat(remedy).contains("spec.model.max_tokens"));
    assertThat(withheld.failure().map(Failure::kind)).contains(Failure.Kind.CONTENT_BLOCKED);
    assertThat(empty.failure().map(Failure::message))
        .contains("the model answered with neither text nor a tool call");
  }

  @Test
  void theNextPromptFollowsWhatTheModelSaidLastOrTheReasonWhyItSaidNothing() {
    script(
        ScriptedModel.text("Yes."),
        new ScriptedModel.Reply.Stopped("The first half", "length"),
        ScriptedModel.text(""),
        ScriptedModel.text("ok"));
    Dialogue dialogue = new Dialogue();
    try (Model model = open()) {
      AgentLoop loop =
          new AgentLoop(model, "Be brief.", new Toolbox(List.of(), this::echo), LIMITS);
      for (String prompt : List.of("One.", "Two.", "Three.", "Four.")) {
        dialogue.say(loop, prompt, events::add);
      }
    }

    assertThat(server.requests().getLast().body().findValuesAsText("content"))
        .containsExactly(
            "Be brief.",
            "One.",
            "Yes.",
            "Two.",
            "The first half",
            "Three.",
            "(no answer: the model answered with neither text nor a tool call)",
            "Four.");
  }

  @Test
  void whatAToolThrowsReachesTheCallerOnceTheOtherCallsHaveEnded() {
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "throw"), ScriptedModel.shellCall("b", "two")));
    CyclicBarrier both = new CyclicBarrier(2);

    assertThatThrownBy(() ->
            run(
                LIMITS,
                call -> {
                  meet(both);
                  if (call.id().equals("a")) {
                    throw new IllegalStateException("the record cannot be written");
                  }
                  return echo(call);
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the record cannot be written");
    assertThat(made).hasSize(1);
  }

  @Test
  void whoIsInterruptedAtTheQuestionBeforeTheRunKnowsHasCancelledIt() {
    script(ScriptedModel.shell("uname"));
    Approver interrupted =
        new Approver() {
          @Override
          public Decision ask(ToolCall call) throws InterruptedException {
            throw new InterruptedException();
          }
        };

    AgentRun run =
        run(
            LIMITS,
            new Toolbox(
                List.of(),
                this::echo,
                new Toolbox.Approvals(_ -> true, interrupted, this::echo, this::echo),
                1,
                Optional.empty()));

    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.CANCELLED);
    assertThat(made).isEmpty();
  }

  @Test
  void aRunWhoseThreadDiesIsNoSuccess() {
    script(ScriptedModel.shell("uname"));
    StackOverflowError fatal = new StackOverflowError();

    assertThatThrownBy(() ->
            run(
                LIMITS,
                new Toolbox(
                    List.of(),
                    this::echo,
                    new Toolbox.Approvals(
                        _ -> {
                          throw fatal;
                        },
                        Approver.ABSENT,
                        this::echo,
                        this::echo),
                    1,
                    Optional.empty())))
        .isInstanceOf(IllegalStateException.class)
        .hasCause(fatal);
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
  }

  private AgentRun run(Guardrails guardrails, Function<ToolCall, ToolResult> call) {
    return run(guardrails, new Toolbox(List.of(), call));
  }

  private AgentRun run(Guardrails guardrails, Toolbox tools) {
    try (Model model = open()) {
      return new AgentLoop(model, "Be brief.", tools, guardrails).run("Which kernel?", events::add);
    }
  }

  private Model open() {
    ModelSettings settings =
        TestModels.settings(
            "local", "scripted", Optional.of(server.baseUrl()), Optional.empty(), 0.1, 4096);
    return TestModels.open(settings, Execution.DEFAULT, Map.of(), Models.Delivery.WHOLE);
  }

  private ToolResult echo(ToolCall call) {
    made.add(call);
    return new ToolResult(call.id(), "ran " + call.arguments().get("command"), Status.SUCCEEDED);
  }

  /// Answers an interrupt as a runtime does: stops the command and reports its end.
  private static ToolResult untilStopped(ToolCall call) {
    try {
      new CountDownLatch(1).await();
      throw new AssertionError("nothing counts down");
    } catch (InterruptedException e) {
      return new ToolResult(call.id(), "Cancelled. It was stopped.\nmore", Status.CANCELLED);
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
