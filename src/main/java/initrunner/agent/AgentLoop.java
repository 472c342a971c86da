package initrunner.agent;

import initrunner.agent.AgentRun.Failure;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.RunEvent;
import initrunner.role.Guardrails;
import initrunner.text.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The loop between a model and tools: prompt, model, tool calls, model, …, text. Immutable; each
/// [#run] is a conversation of its own, and several may run at once.
///
/// @param topics checks each prompt first
public record AgentLoop(
    Model model,
    String systemPrompt,
    Toolbox tools,
    Guardrails guardrails,
    Optional<TopicCheck> topics) {

  private static final Duration A_LOOK_AT_THE_CLOCK = Duration.ofMillis(50);

  public AgentLoop(Model model, String systemPrompt, Toolbox tools, Guardrails guardrails) {
    this(model, systemPrompt, tools, guardrails, Optional.empty());
  }

  /// Runs one prompt to its end. Blocks for at most the role's timeout plus the time to stop a tool
  /// call. The timeout and an interrupt both abandon the model request or stop the tool calls in
  /// flight, and the result says so; an interrupted thread stays interrupted.
  ///
  /// A turn that asks for more tool calls than the role allows ends the run. None of that turn's
  /// calls is made, as the model would not see their results.
  ///
  /// @param events gets one event at a time, from several threads
  /// @throws RuntimeException as a tool call throws it; the other calls have ended by then
  public AgentRun run(String prompt, Consumer<RunEvent> events) {
    return resume(start(List.of(), prompt), events);
  }

  /// Continues a paused run: makes the calls that wait, then goes on as [#run] does. The
  /// instructions stay those with which the run began.
  public AgentRun resume(Transcript transcript, Consumer<RunEvent> events) {
    return converse(transcript, events).result();
  }

  /// The start of a run after earlier messages.
  ///
  /// @param earlier without instructions
  Transcript start(List<Message> earlier, String prompt) {
    return Transcript.start(systemPrompt, earlier, prompt);
  }

  /// As [#resume]; on return the conversation has ended.
  Conversation converse(Transcript transcript, Consumer<RunEvent> events) {
    Conversation conversation = new Conversation(this, oneAtATime(events), transcript);
    Thread worker = Thread.ofVirtual().name("agent-run").start(conversation);
    boolean interrupted = false;
    try {
      awaitInTime(worker, conversation);
    } catch (InterruptedException e) {
      interrupted = true;
      stop(worker, conversation, RunLimits.cancelled());
    }
    while (worker.isAlive()) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        // The worker is stopping already; this waits for the proof that its commands have stopped.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return conversation;
  }

  /// The clock stands still while a person is asked, so the remaining time does not shrink then.
  private void awaitInTime(Thread worker, Conversation conversation) throws InterruptedException {
    Duration remaining = conversation.clock().remaining();
    boolean ended = remaining.isPositive() && worker.join(remaining);
    while (!ended && conversation.clock().remaining().isPositive()) {
      ended = worker.join(A_LOOK_AT_THE_CLOCK);
    }
    if (worker.isAlive()) {
      stop(worker, conversation, timedOut());
    }
  }

  private static void stop(Thread worker, Conversation conversation, Failure why) {
    conversation.stopping(why);
    worker.interrupt();
  }

  private Failure timedOut() {
    return new Failure(
        Failure.Kind.TIMEOUT,
        "the run timed out after "
            + DurationText.seconds(guardrails.timeout())
            + " s (spec.guardrails.timeout_seconds)",
        "Raise spec.guardrails.timeout_seconds, or ask for less at once.");
  }

  private static Consumer<RunEvent> oneAtATime(Consumer<RunEvent> events) {
    ReentrantLock lock = new ReentrantLock();
    return event -> {
      lock.lock();
      try {
        events.accept(event);
      } finally {
        lock.unlock();
      }
    };
  }
}
