package initrunner.agent;

import static initrunner.agent.ScriptedModel.COMPLETION_TOKENS;
import static initrunner.agent.ScriptedModel.PROMPT_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.AgentRun.Failure;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.RunEvent;
import initrunner.model.TestModels;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.model.http.Models;
import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.role.Guardrails.TokenLimits;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Each limit of a run ends it, and says which it was.
class GuardrailsTest {

  private static final int NEVER = Integer.MAX_VALUE;

  @Test
  void outputTokens() {
    assertThat(failure(limits(tokens(COMPLETION_TOKENS, none(), none(), none(), none()))))
        .isEqualTo(
            exceeded(
                COMPLETION_TOKENS, "output tokens", "max_tokens_per_run", 2 * COMPLETION_TOKENS));
  }

  @Test
  void inputTokens() {
    assertThat(failure(limits(tokens(NEVER, Optional.of(20), none(), none(), none()))))
        .isEqualTo(exceeded(20, "input tokens", "input_tokens_limit", 2 * PROMPT_TOKENS));
  }

  @Test
  void allTokens() {
    int two = 2 * (PROMPT_TOKENS + COMPLETION_TOKENS);

    assertThat(failure(limits(tokens(NEVER, none(), Optional.of(30), none(), none()))))
        .isEqualTo(exceeded(30, "tokens", "total_tokens_limit", two));
    assertThat(failure(limits(tokens(NEVER, none(), none(), none(), Optional.of(30)))))
        .isEqualTo(exceeded(30, "tokens", "run_token_budget", two));
  }

  @Test
  void inputTokensOfOneRequest() {
    assertThat(failure(limits(tokens(NEVER, none(), none(), Optional.of(10), none()))))
        .isEqualTo(
            exceeded(
                10,
                "input tokens in one request",
                "per_request_input_tokens_limit",
                PROMPT_TOKENS));
  }

  @Test
  void modelRequests() {
    assertThat(
            failure(
                new Guardrails(
                    Duration.ofMinutes(1), 20, 2, Guardrails.DEFAULT.tokens(), Optional.empty())))
        .isEqualTo(
            "the run reached its limit of 2 model requests (spec.guardrails.max_request_limit)"
                + " without an answer");
  }

  @Test
  void callsThatCannotBeMadeTriedAgainTooOften() {
    AgentRun run =
        run(
            Guardrails.DEFAULT,
            withRetries(1),
            ScriptedModel.shell("wrong"),
            ScriptedModel.shell("right"),
            ScriptedModel.shell("wrong"),
            ScriptedModel.shell("wrong"),
            ScriptedModel.text("never asked for"));

    assertThat(run.failure().map(Failure::message))
        .contains(
            "the model made 2 invalid calls of run_shell in a row (spec.execution.retries: 1)");
    assertThat(run.toolNames()).hasSize(4);
  }

  @Test
  void withoutRetriesTheFirstCallThatCannotBeMadeEndsTheRun() {
    AgentRun run =
        run(
            Guardrails.DEFAULT,
            withRetries(0),
            ScriptedModel.calls(new ScriptedModel.Call("a", "run_shell", "[1]")),
            ScriptedModel.text("never asked for"));

    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.USAGE_LIMIT);
    assertThat(run.toolNames()).hasSize(1);
  }

  @Test
  void noRequestIsMadeAboveTheLimit() {
    Guardrails two =
        new Guardrails(Duration.ofMinutes(1), 20, 2, Guardrails.DEFAULT.tokens(), Optional.empty());
    AgentRun run =
        run(
            two,
            toolbox(_ -> false, Approver.ABSENT, NEVER),
            ScriptedModel.shell("one"),
            ScriptedModel.shell("two"),
            ScriptedModel.text("a third answer"));

    assertThat(run.output()).isEmpty();
    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.USAGE_LIMIT);
  }

  @Test
  void aLimitThatIsReachedAndNotExceededEndsNothing() {
    AgentRun run =
        run(
            limits(
                tokens(
                    2 * COMPLETION_TOKENS,
                    Optional.of(2 * PROMPT_TOKENS),
                    none(),
                    Optional.of(PROMPT_TOKENS),
                    none())),
            toolbox(_ -> false, Approver.ABSENT, NEVER),
            ScriptedModel.shell("one"),
            ScriptedModel.text("done"));

    assertThat(run.failure()).isEmpty();
  }

  @Test
  void theLastTextIsKeptWhereALimitEndsTheRun() {
    AgentRun run =
        run(
            limits(tokens(1, none(), none(), none(), none())),
            toolbox(_ -> false, Approver.ABSENT, NEVER),
            ScriptedModel.text("The answer."));

    assertThat(run.output()).isEqualTo("The answer.");
    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.USAGE_LIMIT);
  }

  @Test
  void noMoreCallsThanTheRoleSaysAreUnderWayAtOnce() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Semaphore two = new Semaphore(0);
    Toolbox tools =
        new Toolbox(
            List.of(),
            call -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              two.release();
              if (call.id().equals("a") || call.id().equals("b")) {
                two.acquireUninterruptibly(1);
              }
              running.decrementAndGet();
              return new ToolResult(call.id(), call.id(), Status.SUCCEEDED);
            },
            new Toolbox.Approvals(_ -> false, Approver.ABSENT, _ -> unused(), _ -> unused()),
            2,
            none());

    AgentRun run =
        run(
            Guardrails.DEFAULT,
            tools,
            ScriptedModel.calls(
                Stream.of("a", "b", "c", "d", "e", "f")
                    .map(id -> ScriptedModel.shellCall(id, id))
                    .toArray(ScriptedModel.Call[]::new)),
            ScriptedModel.text("done"));

    assertThat(run.failure()).isEmpty();
    assertThat(most.get()).isBetween(1, 2);
    assertThat(run.toolNames()).hasSize(6);
  }

  @Test
  @Tag("slow")
  void theClockStandsStillWhileAPersonIsAsked() {
    Approver slow =
        call -> {
          Thread.sleep(Duration.ofMillis(2100));
          return Approver.Decision.YES;
        };
    Toolbox tools = toolbox(_ -> true, slow, NEVER);

    AgentRun run =
        new AgentLoop(new OneCall(), "Be brief.", tools, new Guardrails(Duration.ofSeconds(2), 20))
            .run("Go.", _ -> {});

    assertThat(run.failure()).isEmpty();
    assertThat(run.output()).isEqualTo("done");
  }

  /// A model that asks for one call at once.
  private record OneCall() implements Model {

    @Override
    public String provider() {
      return "none";
    }

    @Override
    public String name() {
      return "none";
    }

    @Override
    public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events) {
      List<ToolRequest> calls =
          conversation.getLast() instanceof Message.User
              ? List.of(new ToolRequest("1", "run_shell", "{}"))
              : List.of();
      return new Turn(calls.isEmpty() ? "done" : "", calls, Turn.Finish.COMPLETE, Usage.NONE);
    }
  }

  @Test
  void nothingPassesBetweenAQuestionAndItsAnswer() {
    RunClock clock = new RunClock(Duration.ofMinutes(1), Duration.ofSeconds(10));
    clock.personIsAsked();
    Duration asked = clock.elapsed();
    long since = System.nanoTime();
    while (System.nanoTime() == since) {
      Thread.onSpinWait();
    }

    assertThat(clock.elapsed()).isEqualTo(asked).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
    assertThat(clock.remaining()).isEqualTo(Duration.ofMinutes(1).minus(asked));
  }

  /// The test measures the bounds, so that it holds on a busy machine.
  @Test
  void theTimeOfAQuestionIsNoneOfTheRuns() {
    RunClock clock = new RunClock(Duration.ofMinutes(1), Duration.ZERO);
    long start = System.nanoTime();
    Duration before = clock.elapsed();
    clock.personIsAsked();
    long asked = System.nanoTime();
    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    long answering = System.nanoTime();
    clock.personHasAnswered();
    Duration after = clock.elapsed();
    long outside = asked - start + System.nanoTime() - answering;

    assertThat(after.minus(before)).isBetween(Duration.ZERO, Duration.ofNanos(outside));
  }

  @Test
  void anInterruptEndsAQuestion() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    Approver absent =
        call -> {
          asked.countDown();
          new CountDownLatch(1).await();
          return Approver.Decision.YES;
        };
    ConcurrentLinkedQueue<AgentRun> runs = new ConcurrentLinkedQueue<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() ->
                runs.add(
                    run(
                        Guardrails.DEFAULT,
                        toolbox(_ -> true, absent, NEVER),
                        ScriptedModel.shell("one"))));
    asked.await();
    caller.interrupt();
    caller.join();

    assertThat(runs)
        .singleElement()
        .satisfies(
            run -> assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.CANCELLED));
  }

  @Test
  void aRunThatGoesOnKeepsItsCountsAndItsTime() {
    ScriptedModel.Reply[] script = {
      ScriptedModel.shell("one"), ScriptedModel.shell("two"), ScriptedModel.text("done")
    };
    AgentRun paused =
        run(
            Guardrails.DEFAULT,
            toolbox(call -> command(call).equals("two"), Approver.ABSENT, NEVER),
            script);
    Transcript transcript = paused.pause().orElseThrow().transcript();

    assertThat(paused.failure()).isEmpty();
    assertThat(paused.output()).as("the model was not asked again").isEmpty();
    assertThat(paused.toolNames()).containsExactly("run_shell");
    assertThat(transcript.requests()).isEqualTo(2);
    assertThat(transcript.usage()).isEqualTo(new Usage(2 * PROMPT_TOKENS, 2 * COMPLETION_TOKENS));
    AgentRun tooMany = resume(new Guardrails(Duration.ofMinutes(1), 1), transcript);
    AgentRun tooLate =
        resume(
            Guardrails.DEFAULT,
            new Transcript(
                transcript.messages(),
                transcript.usage(),
                transcript.toolNames(),
                transcript.requests(),
                Guardrails.DEFAULT.timeout()));
    AgentRun done = resume(Guardrails.DEFAULT, transcript);

    assertThat(tooMany.failure().map(Failure::message))
        .hasValueSatisfying(message ->
            assertThat(message).contains("limit of 1 tool calls", "after 1 the model asked"));
    assertThat(tooLate.failure().map(Failure::kind)).contains(Failure.Kind.TIMEOUT);
    assertThat(done.output()).isEqualTo("done");
    assertThat(done.usage().tokensIn()).isEqualTo(3 * PROMPT_TOKENS);
    assertThat(done.toolNames()).hasSize(2);
  }

  private static AgentRun resume(Guardrails guardrails, Transcript transcript) {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("done"));
        Model model = open(server)) {
      return new AgentLoop(
              model, "Be brief.", toolbox(_ -> false, Approver.ABSENT, NEVER), guardrails)
          .resume(transcript, _ -> {});
    }
  }

  private static String failure(Guardrails guardrails) {
    AgentRun run =
        run(
            guardrails,
            toolbox(_ -> false, Approver.ABSENT, NEVER),
            Stream.generate(() -> ScriptedModel.shell("again"))
                .limit(10)
                .toArray(ScriptedModel.Reply[]::new));
    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.USAGE_LIMIT);
    return run.failure().map(Failure::message).orElseThrow();
  }

  private static AgentRun run(Guardrails guardrails, Toolbox tools, ScriptedModel.Reply... script) {
    try (ScriptedModel server = ScriptedModel.of(script);
        Model model = open(server)) {
      return new AgentLoop(model, "Be brief.", tools, guardrails).run("Go.", _ -> {});
    }
  }

  private static Model open(ScriptedModel server) {
    return TestModels.open(
        TestModels.settings("openai", "gpt", Optional.empty(), Optional.empty(), 0.1, 4096),
        Execution.DEFAULT,
        server.environment(),
        Models.Delivery.WHOLE);
  }

  private static Toolbox toolbox(Predicate<ToolCall> asks, Approver approver, int atOnce) {
    return new Toolbox(
        List.of(),
        GuardrailsTest::echo,
        new Toolbox.Approvals(asks, approver, GuardrailsTest::echo, _ -> unused()),
        atOnce,
        none());
  }

  private static Toolbox withRetries(int retries) {
    return new Toolbox(
        List.of(),
        call ->
            new ToolResult(
                call.id(), "x", command(call).equals("wrong") ? Status.INVALID : Status.SUCCEEDED),
        new Toolbox.Approvals(_ -> false, Approver.ABSENT, _ -> unused(), _ -> unused()),
        NEVER,
        Optional.of(retries));
  }

  private static ToolResult echo(ToolCall call) {
    return new ToolResult(call.id(), "ran " + command(call), Status.SUCCEEDED);
  }

  private static String command(ToolCall call) {
    return String.valueOf(call.arguments().get("command"));
  }

  private static ToolResult unused() {
    throw new AssertionError("no person was asked");
  }

  private static Guardrails limits(TokenLimits tokens) {
    return new Guardrails(Duration.ofMinutes(1), 20, 30, tokens, Optional.empty());
  }

  private static TokenLimits tokens(
      int perRun,
      Optional<Integer> input,
      Optional<Integer> total,
      Optional<Integer> perRequestInput,
      Optional<Integer> runBudget) {
    return new TokenLimits(perRun, input, total, perRequestInput, runBudget, Optional.empty());
  }

  private static Optional<Integer> none() {
    return Optional.empty();
  }

  private static String exceeded(int limit, String what, String field, int used) {
    return "the run exceeded its limit of "
        + limit
        + " "
        + what
        + " (spec.guardrails."
        + field
        + "): it used "
        + used;
  }
}
