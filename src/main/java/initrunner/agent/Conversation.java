package initrunner.agent;

import initrunner.agent.AgentRun.Failure;
import initrunner.agent.AgentRun.Pause;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.RunEvent;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.role.Guardrails;
import initrunner.tool.ToolCall;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The state of one run, and the work of the one thread that runs it. Another thread may use
/// [#stopping] and [#clock] at any time, and [#result] after the worker has ended.
final class Conversation implements Runnable {

  private final Model model;
  private final Optional<TopicCheck> topics;
  private final Toolbox tools;
  private final Guardrails guardrails;
  private final Consumer<RunEvent> events;
  private final RunClock clock;
  private final ToolCallBatch calls;

  private final List<Message> messages;
  private final List<String> toolNames;
  private final SortedMap<String, Integer> invalidTurns = new TreeMap<>();
  private Usage usage;
  private int requests;
  private String output;
  private Optional<Failure> failure = Optional.empty();
  private Optional<Pause> pause = Optional.empty();
  private @Nullable RuntimeException thrown;
  private volatile @Nullable Failure stopReason;

  /// @param from the start of a run, or the state in which one paused
  Conversation(AgentLoop loop, Consumer<RunEvent> events, Transcript from) {
    this.model = loop.model();
    this.topics = loop.topics();
    this.tools = loop.tools();
    this.guardrails = loop.guardrails();
    this.events = events;
    this.clock = new RunClock(guardrails.timeout(), from.elapsed());
    this.calls = new ToolCallBatch(tools, clock, events);
    this.messages = new ArrayList<>(from.messages());
    this.toolNames = new ArrayList<>(from.toolNames());
    this.usage = from.usage();
    this.requests = from.requests();
    this.output = from.lastText();
  }

  RunClock clock() {
    return clock;
  }

  /// Gives the reason before the worker is interrupted.
  void stopping(Failure why) {
    stopReason = why;
  }

  AgentRun result() {
    if (thrown != null) {
      throw thrown;
    }
    return new AgentRun(output, failure, pause, usage, toolNames, clock.elapsed());
  }

  /// All messages, completed so that the conversation can continue: every tool call has an answer,
  /// and the last message is the model's. Without an answer of the model, the reason stands in its
  /// place.
  List<Message> messages() {
    List<Message> closed = new ArrayList<>(messages);
    for (ToolRequest request : transcript().waiting()) {
      closed.add(
          calls
              .answerTo(request)
              .orElseGet(() ->
                  new Message.ToolAnswer(request, "Error: it was not made. Nothing was run.")));
    }
    if (closed.getLast() instanceof Message.Assistant(Turn turn)) {
      if (!turn.text().isBlank()) {
        return closed;
      }
      closed.removeLast();
    }
    String why = failure.map(Failure::message).orElse("a call waits for a person's approval");
    closed.add(
        new Message.Assistant(
            new Turn("(no answer: " + why + ")", List.of(), Turn.Finish.COMPLETE, Usage.NONE)));
    return closed;
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
    } catch (Error e) {
      thrown = new IllegalStateException(e);
    }
  }

  private Optional<Failure> converse() throws InterruptedException {
    Optional<Failure> objection = judge();
    return objection.isPresent() ? objection : answer();
  }

  /// Checks a new prompt. The verdict counts as a turn and a request of the run.
  private Optional<Failure> judge() throws InterruptedException {
    if (topics.isEmpty() || !(messages.getLast() instanceof Message.User(String prompt))) {
      return Optional.empty();
    }
    Optional<TopicCheck.Verdict> verdict = topics.get().judge(messages, prompt, events);
    if (verdict.isEmpty()) {
      return Optional.empty();
    }
    requests++;
    Optional<Turn> turn = verdict.get().turn();
    turn.ifPresent(said -> {
      messages.add(new Message.Verdict(said));
      usage = usage.plus(said.usage());
    });
    return verdict.get().objection().or(() -> turn.flatMap(this::tooMuch));
  }

  private Optional<Failure> tooMuch(Turn turn) {
    return RunLimits.tokens(guardrails.tokens(), turn.usage(), usage)
        .or(() -> RunLimits.cost(guardrails.costLimit(), usage.dollars()));
  }

  private Optional<Failure> answer() throws InterruptedException {
    List<ToolRequest> wanted = transcript().waiting();
    while (true) {
      if (!wanted.isEmpty()) {
        Optional<Failure> tooMany =
            RunLimits.toolCalls(guardrails, toolNames.size(), wanted.size());
        if (tooMany.isPresent() || !areMade(wanted)) {
          return tooMany;
        }
        Optional<Failure> tooManyInvalid = countInvalidCalls();
        if (tooManyInvalid.isPresent()) {
          return tooManyInvalid;
        }
      }
      if (requests >= guardrails.maxRequests()) {
        return Optional.of(RunLimits.requests(guardrails));
      }
      requests++;
      Turn turn = model.next(List.copyOf(messages), tools.tools(), events);
      take(turn);
      wanted = turn.requests();
      Optional<Failure> end = incomplete(turn).or(() -> tooMuch(turn));
      if (end.isPresent() || wanted.isEmpty()) {
        return end;
      }
    }
  }

  private Transcript transcript() {
    return new Transcript(messages, usage, toolNames, requests, clock.elapsed());
  }

  private boolean areMade(List<ToolRequest> wanted) throws InterruptedException {
    Transcript before = transcript();
    wanted.forEach(request -> toolNames.add(request.tool()));
    return switch (calls.make(wanted)) {
      case ToolCallBatch.Outcome.Answered(List<Message.ToolAnswer> answers) ->
          messages.addAll(answers);
      case ToolCallBatch.Outcome.Waiting(List<ToolCall> waiting) -> {
        toolNames.clear();
        toolNames.addAll(before.toolNames());
        pause = Optional.of(new Pause(before, waiting));
        yield false;
      }
    };
  }

  /// A valid call of a tool resets its count.
  private Optional<Failure> countInvalidCalls() {
    Set<String> tools = calls.invalidTools();
    invalidTurns.keySet().retainAll(tools);
    tools.forEach(tool -> invalidTurns.merge(tool, 1, Integer::sum));
    return invalidTurns.entrySet().stream()
        .map(each -> RunLimits.retries(this.tools.retries(), each.getKey(), each.getValue()))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private void take(Turn turn) {
    messages.add(new Message.Assistant(turn));
    calls.forgetAnswers();
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
                  "the model's answer was cut off at its token limit (spec.model.max_tokens)",
                  "Raise spec.model.max_tokens, or ask for less at once.",
                  Optional.of(Failure.Limit.TOKENS)));
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

  /// The asking of a person may be interrupted before [#stopping] is called.
  private Failure interruption() {
    Failure known = stopReason;
    Failure why = known == null ? RunLimits.cancelled() : known;
    Collection<String> stopped = calls.stopped();
    if (stopped.isEmpty()) {
      return why;
    }
    return new Failure(why.kind(), why.message() + "; " + String.join("; ", stopped), why.remedy());
  }

  private static Failure ofModel(ModelException fault) {
    Failure.Kind kind =
        switch (fault.kind()) {
          case RATE_LIMITED, QUOTA_EXHAUSTED, QUEUE_FULL -> Failure.Kind.RATE_LIMIT;
          case CONTEXT_FULL -> Failure.Kind.USAGE_LIMIT;
          case SERVER_FAILED, ANSWER_MALFORMED -> Failure.Kind.SERVER_ERROR;
          case KEY_MISSING, KEY_INVALID, KEY_WITHHELD, KEY_REFUSED -> Failure.Kind.AUTH;
          case CONTENT_BLOCKED -> Failure.Kind.CONTENT_BLOCKED;
          case URL_INVALID,
              SERVER_UNKNOWN,
              CONNECTION_REFUSED,
              CONNECT_TIMEOUT,
              PROXY,
              TLS,
              CONNECTION_LOST,
              SERVER_SILENT,
              API_NOT_FOUND ->
              Failure.Kind.CONNECTION;
          case NOT_NAMED,
              PRICE_MISSING,
              NAME_INVALID,
              MODEL_UNKNOWN,
              REQUEST_REFUSED,
              REPLAY_INVALID,
              REPLAY_ENDED,
              REPLAY_DIFFERS,
              RECORDING_FAILED ->
              Failure.Kind.UNKNOWN;
        };
    Optional<Failure.Limit> limit =
        fault.kind() == ModelException.Kind.CONTEXT_FULL
            ? Optional.of(Failure.Limit.TOKENS)
            : Optional.empty();
    return new Failure(kind, fault.getMessage(), fault.remedy(), limit);
  }
}
