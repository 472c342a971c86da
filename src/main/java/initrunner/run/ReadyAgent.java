package initrunner.run;

import initrunner.agent.AgentLoop;
import initrunner.agent.AgentRun;
import initrunner.agent.CheckedModel;
import initrunner.agent.Dialogue;
import initrunner.agent.PausedRun;
import initrunner.agent.PausedRunException;
import initrunner.agent.RedactedModel;
import initrunner.agent.Toolbox;
import initrunner.agent.TopicCheck;
import initrunner.exec.RemedyException;
import initrunner.model.Model;
import initrunner.model.http.Models;
import initrunner.role.ContentRules;
import initrunner.role.Role;
import initrunner.runtime.RolePlace;
import initrunner.runtime.RoleRuntime;
import initrunner.tool.ToolCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// An agent that can be asked: its tools in their sandbox, and its model. Runs that are no
/// [Dialogue] may go on at once.
public final class ReadyAgent implements AutoCloseable {

  private final RunOrder order;
  private final RoleRuntime runtime;
  private final RunHome home;
  private final Model model;
  private final TopicCheck topics;

  private ReadyAgent(
      RunOrder order, RoleRuntime runtime, RunHome home, Model model, TopicCheck topics) {
    this.order = order;
    this.runtime = runtime;
    this.home = home;
    this.model = model;
    this.topics = topics;
  }

  /// Opens the model that an order names; no request is made.
  ///
  /// @param runtime stays the caller's to close, after this
  /// @throws ModelException if the model's key is missing or its address is none
  public static ReadyAgent open(
      RunOrder order, RoleRuntime runtime, RunHome home, Models.Delivery delivery) {
    Role role = order.role();
    ContentRules rules = role.security().content();
    Model model =
        recorded(
            order,
            runtime,
            new CheckedModel(order.model().open(role.execution(), delivery), rules));
    TopicCheck topics =
        rules
            .allowedTopics()
            // A run that goes on has no new prompt to check.
            .filter(_ -> !(order.task() instanceof RunOrder.Task.Continue))
            .map(allowed ->
                TopicCheck.of(
                    recorded(order, runtime, order.model().openJudge(role.execution())),
                    allowed,
                    rules))
            .orElse(TopicCheck.NONE);
    return new ReadyAgent(order, runtime, home, model, topics);
  }

  private static Model recorded(RunOrder order, RoleRuntime runtime, Model model) {
    Model redacted = new RedactedModel(model, runtime);
    return order
        .setting()
        .record()
        .map(file -> Models.recording(redacted, file, runtime::redacted))
        .orElse(redacted);
  }

  /// The model that is asked. Where it falls back to another, it names that one.
  public Model model() {
    return model;
  }

  /// Makes or continues the run of an order, stores it where it pauses, and leaves its row in the
  /// audit log. Blocks until it is over; an interrupt stops it.
  ///
  /// @param record of this run
  /// @throws PausedRunException.Answered if another process continues it already
  /// @throws AuditException if nothing was started because its start could not be recorded
  public RunEnd run(RunRecord record, RunWatch watch) {
    record.asks(model);
    return switch (record.order().task()) {
      case RunOrder.Task.Ask(String prompt) ->
          end(record, ask(record, watch, loop -> loop.run(prompt, record.watching(watch))));
      case RunOrder.Task.Continue(PausedRun paused, GivenAnswers answers) ->
          resume(record, watch, paused, answers);
      case RunOrder.Task.Describe() -> throw new IllegalArgumentException("nothing is asked");
    };
  }

  /// As [#run], of a prompt that knows what was said before it.
  public RunEnd say(Dialogue dialogue, RunRecord record, RunWatch watch) {
    record.asks(model);
    return end(
        record,
        ask(
            record,
            watch,
            loop -> dialogue.say(loop, record.order().prompt(), record.watching(watch))));
  }

  private AgentRun ask(RunRecord record, RunWatch watch, Function<AgentLoop, AgentRun> prompt) {
    RoleRuntime watched = runtime.forRun(record.order().runId(), watch.output());
    return prompt.apply(loop(informed(watched), watched, watch).checking(topics));
  }

  private AgentLoop loop(Role role, RoleRuntime watched, RunWatch watch) {
    return new AgentLoop(
        model,
        role.prompt(),
        Toolbox.of(watched, role.execution(), watch.approver()),
        role.guardrails());
  }

  /// The role with what its sandbox says of itself. Recorded turns were made without a look at this
  /// sandbox, so it is not asked for them.
  private Role informed(RoleRuntime watched) {
    Role role = order.role();
    return switch (order.model()) {
      case ModelChoice.Replayed _ -> role;
      case ModelChoice.Asked _ ->
          watched
              .facts()
              .map(facts -> role.withPrompt(role.prompt().stripTrailing() + "\n\n" + facts))
              .orElse(role);
    };
  }

  /// The answers count once all that can fail beforehand has not.
  private RunEnd resume(RunRecord record, RunWatch watch, PausedRun paused, GivenAnswers answers) {
    RunWatch answered =
        new RunWatch(watch.events(), watch.output(), answers.before(watch.approver()));
    AgentLoop loop = loop(order.role(), runtime.forRun(order.runId(), watch.output()), answered);
    home.pausedRuns().decide(paused);
    RunEnd end = end(record, loop.resume(paused.transcript(), record.watching(watch)));
    return end.run().pause().isPresent() ? end : keeping(end, () -> home.pausedRuns().done(paused));
  }

  private RunEnd end(RunRecord record, AgentRun run) {
    AgentRun stored = run.pause().map(pause -> stored(record, run, pause)).orElse(run);
    return keeping(new RunEnd(stored, List.of()), () -> record.ended(stored));
  }

  /// The run, waiting on the disk. One that cannot be stored has failed: no answer would find it.
  private AgentRun stored(RunRecord record, AgentRun run, AgentRun.Pause pause) {
    try {
      home.pausedRuns().redacting(record.redaction()).save(paused(record.order(), pause));
      return run;
    } catch (PausedRunException e) {
      return run.failed(
          new AgentRun.Failure(AgentRun.Failure.Kind.UNKNOWN, e.getMessage(), e.remedy()));
    }
  }

  private static PausedRun paused(RunOrder order, AgentRun.Pause pause) {
    return new PausedRun(
        order.runId(),
        order.pauses() + 1,
        Instant.now(),
        order.role().metadata().name(),
        order.prompt(),
        pause.calls().stream().map(ToolCall::id).toList(),
        pause.transcript(),
        order.setting().with(order.setting().roleDigest(), RolePlace.resolved(order.role())));
  }

  private static RunEnd keeping(RunEnd end, Runnable step) {
    try {
      step.run();
      return end;
    } catch (RemedyException e) {
      List<RemedyException> unkept = new ArrayList<>(end.unkept());
      unkept.add(e);
      return new RunEnd(end.run(), unkept);
    }
  }

  @Override
  public void close() {
    try (model;
        topics) {
      // Both, whatever one of them says.
    }
  }
}
