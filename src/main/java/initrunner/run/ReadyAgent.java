package initrunner.run;

import initrunner.agent.AgentLoop;
import initrunner.agent.AgentRun;
import initrunner.agent.Approver;
import initrunner.agent.CheckedModel;
import initrunner.agent.Dialogue;
import initrunner.agent.PausedRun;
import initrunner.agent.PausedRunException;
import initrunner.agent.RedactedModel;
import initrunner.agent.ToolBridge;
import initrunner.agent.Toolbox;
import initrunner.agent.TopicCheck;
import initrunner.exec.RemedyException;
import initrunner.model.Model;
import initrunner.model.RecordingModel;
import initrunner.model.http.Models;
import initrunner.role.ContentRules;
import initrunner.role.Role;
import initrunner.runtime.RoleHost;
import initrunner.runtime.RoleRuntime;
import initrunner.tool.ToolCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An agent that can run: its tools in their sandbox, and its model. Several runs may go on at
/// once, except those of one [Dialogue].
public final class ReadyAgent implements AutoCloseable {

  private final RunOrder order;
  private final RoleRuntime runtime;
  private final RunHome home;
  private final Model model;
  private final Optional<TopicCheck> topics;

  private ReadyAgent(
      RunOrder order, RoleRuntime runtime, RunHome home, Model model, Optional<TopicCheck> topics) {
    this.order = order;
    this.runtime = runtime;
    this.home = home;
    this.model = model;
    this.topics = topics;
  }

  /// Opens the model of an order; this sends no request.
  ///
  /// @param runtime stays the caller's to close, after this
  /// @throws ModelException if the model's key is missing or its address is invalid
  public static ReadyAgent open(
      RunOrder order, RoleRuntime runtime, RunHome home, Models.Delivery delivery) {
    Role role = order.role();
    ContentRules rules = role.security().content();
    Model model =
        recorded(
            order,
            runtime,
            new CheckedModel(order.model().open(role.execution(), delivery), rules));
    Optional<TopicCheck> topics =
        rules
            .allowedTopics()
            // A resumed run has no new prompt to check.
            .filter(_ -> !(order.task() instanceof RunOrder.Task.Continue))
            .map(allowed ->
                new TopicCheck(
                    recorded(order, runtime, order.model().openJudge(role.execution())),
                    allowed,
                    rules));
    return new ReadyAgent(order, runtime, home, model, topics);
  }

  private static Model recorded(RunOrder order, RoleRuntime runtime, Model model) {
    Model redacted = new RedactedModel(model, runtime);
    return order
        .setting()
        .record()
        .<Model>map(file -> new RecordingModel(redacted, file, runtime::redacted))
        .orElse(redacted);
  }

  /// The model; after a fallback it has the name of that one.
  public Model model() {
    return model;
  }

  /// Runs or resumes an order, stores the run if it pauses, and writes its row in the audit log.
  /// Blocks until the end or the pause; an interrupt stops the run.
  ///
  /// @param record of this run
  /// @throws PausedRunException.Answered if another process resumes it already
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

  /// As [#run], for a prompt after the earlier ones of a dialogue.
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
    return prompt.apply(loop(informed(watched), watched, watch, topics));
  }

  private AgentLoop loop(
      Role role, RoleRuntime watched, RunWatch watch, Optional<TopicCheck> checks) {
    return new AgentLoop(
        model,
        role.prompt(),
        Toolbox.of(watched, role.execution(), watch.approver()),
        role.guardrails(),
        checks);
  }

  /// The role with facts about its sandbox. Recorded turns do not depend on this sandbox, so then
  /// it is not asked.
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

  /// The calls that got a yes.
  private static List<ToolCall> approved(PausedRun paused, GivenAnswers answers) {
    return paused.calls().stream()
        .filter(call -> answers.given().get(call.id()) instanceof Approver.Decision.Yes)
        .map(ToolBridge::bridge)
        .flatMap(bridged ->
            bridged instanceof ToolBridge.Bridged.Call(ToolCall call)
                ? Stream.of(call)
                : Stream.empty())
        .toList();
  }

  /// Decides the pause only after all that can fail before it.
  private RunEnd resume(RunRecord record, RunWatch watch, PausedRun paused, GivenAnswers answers) {
    RunWatch answered =
        new RunWatch(watch.events(), watch.output(), answers.before(watch.approver()));
    RoleRuntime watched = runtime.forRun(order.runId(), watch.output());
    AgentLoop loop = loop(order.role(), watched, answered, Optional.empty());
    watched.preflight(approved(paused, answers));
    home.pausedRuns().decide(paused);
    RunEnd end = end(record, loop.resume(paused.transcript(), record.watching(watch)));
    return end.run().pause().isPresent() ? end : keeping(end, () -> home.pausedRuns().done(paused));
  }

  private RunEnd end(RunRecord record, AgentRun run) {
    AgentRun stored = run.pause().map(pause -> stored(record, run, pause)).orElse(run);
    return keeping(new RunEnd(stored, List.of()), () -> record.ended(stored));
  }

  /// Stores the paused run. If that fails, the run has failed: no decision could find it.
  private AgentRun stored(RunRecord record, AgentRun run, AgentRun.Pause pause) {
    try {
      home.pausedRuns().redacting(record.redaction()).save(paused(record.order(), pause));
      return run;
    } catch (PausedRunException e) {
      return run.failed(
          new AgentRun.Failure(AgentRun.Failure.Kind.UNKNOWN, e.getMessage(), e.remedy()));
    }
  }

  private PausedRun paused(RunOrder order, AgentRun.Pause pause) {
    return new PausedRun(
        order.runId(),
        order.pauses() + 1,
        Instant.now(),
        order.role().metadata().name(),
        order.prompt(),
        pause.calls().stream().map(ToolCall::id).toList(),
        order.role().sandboxNames().isEmpty()
            ? Map.of()
            : pause.calls().stream()
                .collect(Collectors.toMap(ToolCall::id, runtime::askedPlaceOf, (one, _) -> one)),
        pause.transcript(),
        order.setting().with(order.setting().roleDigest(), RoleHost.eachResolved(order.role())));
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
    try (model) {
      topics.ifPresent(TopicCheck::close);
    }
  }
}
