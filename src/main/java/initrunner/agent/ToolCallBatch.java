package initrunner.agent;

import initrunner.model.Message;
import initrunner.model.RunEvent;
import initrunner.model.ToolRequest;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;

/// The tool calls of one turn: it first asks for each approval that is needed, one after the other,
/// and then makes all calls at the same time. For one thread.
final class ToolCallBatch {

  sealed interface Outcome {

    /// The answers in the model's order.
    record Answered(List<Message.ToolAnswer> answers) implements Outcome {}

    /// No person could be asked, and no call was made.
    ///
    /// @param calls that need a person's approval
    record Waiting(List<ToolCall> calls) implements Outcome {}
  }

  private final Toolbox tools;
  private final RunClock clock;
  private final Consumer<RunEvent> events;
  private final Semaphore slots;
  private final Queue<String> stopped = new ConcurrentLinkedQueue<>();
  private final Queue<Message.ToolAnswer> answers = new ConcurrentLinkedQueue<>();
  private final Set<String> invalidTools = ConcurrentHashMap.newKeySet();

  ToolCallBatch(Toolbox tools, RunClock clock, Consumer<RunEvent> events) {
    this.tools = tools;
    this.clock = clock;
    this.events = events;
    this.slots = new Semaphore(tools.atOnce());
  }

  /// How the interrupted calls ended.
  Collection<String> stopped() {
    return List.copyOf(stopped);
  }

  /// Forgets the answers when the model's next turn arrives: an equal call in it is a new call.
  void forgetAnswers() {
    answers.clear();
  }

  /// The answer to a call of the last turn, if it was made.
  Optional<Message.ToolAnswer> answerTo(ToolRequest request) {
    return answers.stream().filter(answer -> answer.request().equals(request)).findFirst();
  }

  /// The tools of the last turn's invalid calls; policy has no part in this.
  Set<String> invalidTools() {
    return Set.copyOf(invalidTools);
  }

  /// Blocks until all calls have ended. An interrupt is passed on to each call; this still waits
  /// until each has stopped its command.
  Outcome make(List<ToolRequest> requests) throws InterruptedException {
    forgetAnswers();
    invalidTools.clear();
    List<Callable<Message.ToolAnswer>> calls = new ArrayList<>();
    List<ToolCall> waiting = new ArrayList<>();
    for (ToolRequest request : requests) {
      switch (ToolBridge.bridge(request)) {
        case ToolBridge.Bridged.Malformed(String reason) -> calls.add(malformed(request, reason));
        case ToolBridge.Bridged.Call(ToolCall call) -> {
          if (!isAskedAbout(call)) {
            calls.add(() -> watched(request, call, tools.call()));
            continue;
          }
          switch (ask(call)) {
            case Approver.Decision.Yes() ->
                calls.add(() -> watched(request, call, tools.approvals().callApproved()));
            case Approver.Decision.No(Optional<String> reason) ->
                calls.add(() -> watched(request, call, denied -> denial(denied, reason)));
            case Approver.Decision.Later() -> waiting.add(call);
          }
        }
      }
    }
    return waiting.isEmpty() ? new Outcome.Answered(all(calls)) : new Outcome.Waiting(waiting);
  }

  private ToolResult denial(ToolCall call, Optional<String> reason) {
    ToolResult result = tools.approvals().deny().apply(call);
    return new ToolResult(
        result.id(),
        result.text() + reason.map(why -> "\nThe person's reason: " + why).orElse(""),
        result.status());
  }

  private boolean isAskedAbout(ToolCall call) {
    Toolbox.Approvals approvals = tools.approvals();
    return approvals.approver().hasAnswered(call) || approvals.needsApproval().test(call);
  }

  private Approver.Decision ask(ToolCall call) throws InterruptedException {
    clock.personIsAsked();
    try {
      return tools.approvals().approver().ask(call);
    } catch (InterruptedException e) {
      stopped.add(call.tool() + " waited for a person's answer, and was not made");
      throw e;
    } finally {
      clock.personHasAnswered();
    }
  }

  private Callable<Message.ToolAnswer> malformed(ToolRequest request, String reason) {
    ToolCall call = new ToolCall(request.id(), request.tool(), Map.of());
    return () ->
        watched(request, call, _ -> new ToolResult(call.id(), reason, ToolResult.Status.INVALID));
  }

  private static List<Message.ToolAnswer> all(List<Callable<Message.ToolAnswer>> calls)
      throws InterruptedException {
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

  private Message.ToolAnswer watched(
      ToolRequest request, ToolCall call, Function<ToolCall, ToolResult> how)
      throws InterruptedException {
    slots.acquire();
    try {
      events.accept(new RunEvent.ToolStarted(call));
      long callNanos = System.nanoTime();
      ToolResult result = how.apply(call);
      events.accept(
          new RunEvent.ToolEnded(call, result, Duration.ofNanos(System.nanoTime() - callNanos)));
      if (result.status() == ToolResult.Status.CANCELLED) {
        String place = result.place().map(where -> " on " + where).orElse("");
        String end = result.firstLine();
        stopped.add(call.tool() + place + ": " + (end.isEmpty() ? "stopped" : end));
      }
      if (result.status() == ToolResult.Status.INVALID) {
        invalidTools.add(call.tool());
      }
      Message.ToolAnswer answer =
          new Message.ToolAnswer(request, result.text(), Optional.of(result.status()));
      answers.add(answer);
      return answer;
    } finally {
      slots.release();
    }
  }
}
