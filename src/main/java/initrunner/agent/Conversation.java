package initrunner.agent;

import initrunner.agent.AgentRun.Failure;
import initrunner.role.Guardrails;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One run's state, and the work of the one thread that runs it. [#stopping] may be called by
/// another thread; [#result] may be once the worker has ended.
final class Conversation implements Runnable {

  private static final int FEWEST_MODEL_REQUESTS = 30;
  private static final int MODEL_REQUESTS_BESIDE_TOOL_CALLS = 10;

  private final Model model;
  private final Toolbox tools;
  private final Guardrails guardrails;
  private final Consumer<RunEvent> events;
  private final long startNanos = System.nanoTime();

  private final List<Message> messages = new ArrayList<>();
  private final List<String> toolNames = new ArrayList<>();
  private final Queue<String> stopped = new ConcurrentLinkedQueue<>();
  private Usage usage = Usage.NONE;
  private String output = "";
  private Duration duration = Duration.ZERO;
  private Optional<Failure> failure = Optional.empty();
  private @Nullable RuntimeException thrown;

  private volatile @Nullable Failure stopReason;

  Conversation(
      Model model,
      Toolbox tools,
      Guardrails guardrails,
      Consumer<RunEvent> events,
      String systemPrompt,
      String prompt) {
    this.model = model;
    this.tools = tools;
    this.guardrails = guardrails;
    this.events = events;
    messages.add(new Message.Instructions(systemPrompt));
    messages.add(new Message.User(prompt));
  }

  /// Says why the worker is about to be interrupted.
  void stopping(Failure why) {
    stopReason = why;
  }

  AgentRun result() {
    if (thrown != null) {
      throw thrown;
    }
    return new AgentRun(output, failure, usage, toolNames, duration);
  }

  @Override
  public void run() {
    try {
      failure = converse();
    } catch (InterruptedException e) {
      failure = Optional.of(interruption());
    } catch (ModelException e) {
      failure = Optional.of(ofModel(e));
    } catch (RuntimeException e) {
      thrown = e;
    } finally {
      duration = Duration.ofNanos(System.nanoTime() - startNanos);
    }
  }

  private Optional<Failure> converse() throws InterruptedException {
    int mostRequests =
        Math.max(
            guardrails.maxToolCalls() + MODEL_REQUESTS_BESIDE_TOOL_CALLS, FEWEST_MODEL_REQUESTS);
    for (int request = 0; request < mostRequests; request++) {
      Turn turn = model.next(List.copyOf(messages), tools.tools(), events);
      take(turn);
      Optional<Failure> incomplete = incomplete(turn);
      if (incomplete.isPresent() || turn.requests().isEmpty()) {
        return incomplete;
      }
      if (toolNames.size() + turn.requests().size() > guardrails.maxToolCalls()) {
        return Optional.of(tooManyToolCalls(turn.requests().size()));
      }
      turn.requests().forEach(wanted -> toolNames.add(wanted.tool()));
      messages.addAll(answerAll(turn.requests()));
    }
    return Optional.of(
        new Failure(
            Failure.Kind.USAGE_LIMIT,
            "the run reached its limit of " + mostRequests + " model requests without an answer",
            "Ask for less at once. The limit is spec.guardrails.max_tool_calls + "
                + MODEL_REQUESTS_BESIDE_TOOL_CALLS
                + ", at least "
                + FEWEST_MODEL_REQUESTS
                + "."));
  }

  private void take(Turn turn) {
    messages.add(new Message.Assistant(turn));
    usage = usage.plus(turn.usage());
    if (!turn.text().isBlank()) {
      output = turn.text();
    }
    events.accept(new RunEvent.TurnEnded());
  }

  private static Optional<Failure> incomplete(Turn turn) {
    return switch (turn.finish()) {
      case LENGTH ->
          Optional.of(
              new Failure(
                  Failure.Kind.USAGE_LIMIT,
                  "the model's answer was cut off at the most tokens of one answer"
                      + " (spec.model.max_tokens)",
                  "Raise spec.model.max_tokens, or ask for less at once."));
      case CONTENT_FILTER ->
          Optional.of(
              new Failure(
                  Failure.Kind.CONTENT_BLOCKED,
                  "the provider withheld the model's answer (content filter)",
                  "Reword the prompt, or use another model."));
      case COMPLETE ->
          turn.requests().isEmpty() && turn.text().isBlank()
              ? Optional.of(
                  new Failure(
                      Failure.Kind.UNKNOWN,
                      "the model answered with neither text nor a tool call",
                      "Run it again, or use another model."))
              : Optional.empty();
    };
  }

  private Failure tooManyToolCalls(int wanted) {
    return new Failure(
        Failure.Kind.USAGE_LIMIT,
        "the run reached its limit of "
            + guardrails.maxToolCalls()
            + " tool calls (spec.guardrails.max_tool_calls): after "
            + toolNames.size()
            + " the model asked for "
            + wanted
            + " more, which were not made",
        "Raise spec.guardrails.max_tool_calls, or ask for less at once.");
  }

  /// All at the same time, each on its own virtual thread. An interrupt is passed on to each, and
  /// waits until each has stopped what it runs.
  private List<Message.ToolAnswer> answerAll(List<ToolRequest> requests)
      throws InterruptedException {
    List<Callable<Message.ToolAnswer>> calls =
        requests.stream()
            .<Callable<Message.ToolAnswer>>map(request -> () -> answer(request))
            .toList();
    List<Message.ToolAnswer> answers = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("tool-call-", 1).factory())) {
      for (Future<Message.ToolAnswer> done : threads.invokeAll(calls)) {
        answers.add(done.get());
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(e.getCause());
    }
    return answers;
  }

  private Message.ToolAnswer answer(ToolRequest request) {
    return switch (ToolBridge.bridge(request)) {
      case ToolBridge.Bridged.Call(ToolCall call) -> watched(request, call, tools.call());
      case ToolBridge.Bridged.Malformed(String reason) ->
          watched(
              request,
              new ToolCall(request.id(), request.tool(), Map.of()),
              call -> new ToolResult(call.id(), reason, ToolResult.Status.REFUSED));
    };
  }

  private Message.ToolAnswer watched(
      ToolRequest request, ToolCall call, Function<ToolCall, ToolResult> how) {
    events.accept(new RunEvent.ToolStarted(call));
    long callNanos = System.nanoTime();
    ToolResult result = how.apply(call);
    events.accept(
        new RunEvent.ToolEnded(call, result, Duration.ofNanos(System.nanoTime() - callNanos)));
    if (result.status() == ToolResult.Status.CANCELLED) {
      stopped.add(call.tool() + ": " + result.text().lines().findFirst().orElse("stopped"));
    }
    return new Message.ToolAnswer(request, result.text());
  }

  private Failure interruption() {
    Failure why = stopReason;
    if (why == null) {
      throw new IllegalStateException("only a run that is being stopped is interrupted");
    }
    if (stopped.isEmpty()) {
      return why;
    }
    return new Failure(why.kind(), why.message() + "; " + String.join("; ", stopped), why.remedy());
  }

  private static Failure ofModel(ModelException fault) {
    Failure.Kind kind =
        switch (fault.kind()) {
          case RATE_LIMITED, QUOTA_EXHAUSTED -> Failure.Kind.RATE_LIMIT;
          case SERVER_FAILED, ANSWER_MALFORMED -> Failure.Kind.SERVER_ERROR;
          case KEY_MISSING, KEY_INVALID, KEY_REFUSED -> Failure.Kind.AUTH;
          case URL_INVALID,
              SERVER_UNKNOWN,
              CONNECTION_REFUSED,
              CONNECT_TIMEOUT,
              TLS,
              CONNECTION_LOST,
              API_NOT_FOUND ->
              Failure.Kind.CONNECTION;
          case NOT_NAMED,
              NAME_INVALID,
              MODEL_UNKNOWN,
              REQUEST_REFUSED,
              REPLAY_INVALID,
              REPLAY_ENDED ->
              Failure.Kind.UNKNOWN;
        };
    return new Failure(kind, fault.getMessage(), fault.remedy());
  }
}
