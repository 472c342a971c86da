package initrunner;

import initrunner.agent.Approver;
import initrunner.agent.Dialogue;
import initrunner.agent.PausedRun;
import initrunner.agent.PausedRunException;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.exec.RemedyException;
import initrunner.model.ReplayModel;
import initrunner.model.RunEvent;
import initrunner.model.ToolRequest;
import initrunner.model.http.Models;
import initrunner.run.GivenAnswers;
import initrunner.run.ModelChoice;
import initrunner.run.ReadyAgent;
import initrunner.run.RunEnd;
import initrunner.run.RunHome;
import initrunner.run.RunOrder;
import initrunner.run.RunRecord;
import initrunner.run.RunWatch;
import initrunner.run.Workspace;
import initrunner.run.Workspaces;
import initrunner.runtime.RoleHost;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.output.OutputLine;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;

/// A role's agent: a model that calls the role's tools in the role's sandbox. Each run leaves its
/// row in the user's audit log, and each tool call its own.
///
/// Runs may go on at once, over one connection; to cancel one, interrupt its thread. A
/// [Conversation] belongs to one thread.
public final class Agent implements AutoCloseable {

  private final RunHome home;
  private final RunOrder order;
  private final Optional<AuditStore> audit;
  private final Workspaces workspaces;
  private final RoleRuntime runtime;
  private final ReadyAgent agent;
  private final LibraryCalls calls = new LibraryCalls("agent", this::release);

  private Agent(Map<String, String> process, RunOrder order) {
    this.home = RunHome.of(process);
    this.order = order;
    audit = home.auditLog(order);
    try {
      RoleRuntime plain =
          RoleRuntime.open(
                  order.role(), order.source().environment().values(), audit, order.runId())
              .through(order.caller().door());
      workspaces = Workspaces.of(order.role(), plain, process, Workspace.Watch.logging());
      runtime = workspaces.runtime();
      agent = connected();
    } catch (RuntimeException e) {
      audit.ifPresent(AuditStore::close);
      throw e;
    }
  }

  private ReadyAgent connected() {
    try {
      runtime.preflight();
      return ReadyAgent.open(order, runtime, home, Models.Delivery.STREAMED);
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
  }

  /// Opens the agent of a role: its model is the one that `INITRUNNER_MODEL` names, else the
  /// role's, else the user's usual one. Connects to where the tools run, and makes sure that they
  /// can; no model is asked. Blocks for that. If the role has a workspace, its tree goes to the
  /// host now, and comes back when this is closed; what it could not bring back is in the log.
  ///
  /// @throws RemedyException if the sandbox, the model's key or address, or the audit log cannot be
  ///   used
  public static Agent open(Role role) {
    Objects.requireNonNull(role, "Agent.open: role is null");
    Path home = AuditLocation.home(role.process());
    Optional<String> name = role.source().environment().value(Models.MODEL_VARIABLE);
    return open(role, ModelChoice.of(role.source(), name, home));
  }

  /// The same, with the model's turns taken from a file that `initrunner run --record` wrote. No
  /// model is asked; the tools really run.
  ///
  /// @throws RemedyException also if the file cannot be read
  public static Agent replay(Role role, Path turns) {
    Objects.requireNonNull(role, "Agent.replay: role is null");
    Objects.requireNonNull(turns, "Agent.replay: turns is null");
    return open(role, new ModelChoice.Replayed(ReplayModel.load(turns)));
  }

  private static Agent open(Role role, ModelChoice model) {
    AuditLocation place = AuditLocation.of(role.process(), Optional.empty());
    return new Agent(
        role.process(),
        new RunOrder(
            role.source(),
            RunOrder.newRunId(),
            new RunOrder.Task.Describe(),
            model,
            RunOrder.setting(role.source(), model, Optional.empty(), Optional.of(place.database())),
            RunOrder.Caller.LIBRARY));
  }

  /// Runs one prompt to its end. Blocks; never longer than the role's timeout and what stopping a
  /// tool call takes. An interrupt ends the run, which the result says; the thread is still
  /// interrupted then.
  ///
  /// @throws RemedyException if nothing was asked, because the run cannot be recorded
  /// @throws IllegalStateException if this is closed
  /// @throws RuntimeException what the listener throws; the run is over then. A checked exception
  ///   that it did not declare is the cause
  public RunResult run(String prompt, RunListener listener) {
    Objects.requireNonNull(prompt, "Agent.run: prompt is null");
    Objects.requireNonNull(listener, "Agent.run: listener is null");
    return make(order.asking(prompt), listener, (record, watch) -> agent.run(record, watch));
  }

  /// A conversation over several prompts.
  public Conversation converse() {
    return new Conversation(this);
  }

  /// Continues a run that paused, with one answer to all calls that wait. Blocks as [#run] does. A
  /// conversation in which the run paused does not get its answer.
  ///
  /// @param approvalId of the pause
  /// @param decision [RunListener.Decision#LATER] leaves the answers to the listener
  /// @throws RemedyException if there is no such pause or it is answered already, or the role or
  ///   the place where its tools act has changed since
  public RunResult resume(String approvalId, RunListener.Decision decision, RunListener listener) {
    Objects.requireNonNull(approvalId, "Agent.resume: approvalId is null");
    Objects.requireNonNull(decision, "Agent.resume: decision is null");
    Objects.requireNonNull(listener, "Agent.resume: listener is null");
    PausedRun paused = home.pausedRuns().find(approvalId);
    List<RoleHost> places = RoleHost.eachResolved(order.role());
    requireUnchanged(paused, places);
    RunOrder resumed =
        new RunOrder(
            order.source(),
            paused.runId(),
            new RunOrder.Task.Continue(paused, answers(paused, decision)),
            order.model(),
            paused.setting().with(order.source().sha256(), places),
            RunOrder.Caller.LIBRARY);
    return make(resumed, listener, (record, watch) -> agent.run(record, watch));
  }

  private void requireUnchanged(PausedRun paused, List<RoleHost> places) {
    PausedRun.Setting before = paused.setting();
    String remedy = "Look at the role, and continue the run with: initrunner approve ";
    if (!before.roleDigest().equals(order.source().sha256())) {
      throw new PausedRunException(
          "the role has changed since run " + paused.runId() + " began: " + before.roleFile(),
          remedy + paused.approvalId() + " --changed-role");
    }
    Optional<String> change = RoleHost.change(before.places(), places);
    if (change.isPresent()) {
      throw new PausedRunException(
          "the calls of run " + paused.runId() + " " + change.get(),
          remedy + paused.approvalId() + " --changed-place");
    }
  }

  private static GivenAnswers answers(PausedRun paused, RunListener.Decision decision) {
    SequencedMap<String, Approver.Decision> answers = new LinkedHashMap<>();
    if (decision != RunListener.Decision.LATER) {
      for (ToolRequest call : paused.calls()) {
        answers.put(call.id(), answer(decision));
      }
    }
    return new GivenAnswers(answers);
  }

  private RunResult make(
      RunOrder run, RunListener listener, BiFunction<RunRecord, RunWatch, RunEnd> way) {
    RunRecord record = new RunRecord(audit, run);
    record.redact(runtime::redacted);
    RunWatch watch =
        new RunWatch(
            event -> calls.during(() -> tell(listener, event)),
            (call, lines) ->
                calls.during(() ->
                    listener.output(
                        new RunListener.Call(call), lines.stream().map(OutputLine::text))),
            call -> answer(calls.answerDuring(() -> listener.approve(new RunListener.Call(call)))));
    return RunResult.of(run, calls.make(() -> record.during(() -> way.apply(record, watch))));
  }

  private static Approver.Decision answer(RunListener.Decision decision) {
    return switch (Objects.requireNonNull(decision, "RunListener.approve returned null")) {
      case APPROVE -> Approver.Decision.YES;
      case DENY -> Approver.Decision.NO;
      case LATER -> Approver.Decision.LATER;
    };
  }

  private static void tell(RunListener listener, RunEvent event) {
    switch (event) {
      case RunEvent.TextDelta(String text) -> listener.text(text);
      case RunEvent.TurnEnded() -> listener.turnEnded();
      case RunEvent.ToolStarted started ->
          listener.toolStarted(new RunListener.Call(started.call()));
      case RunEvent.ToolEnded ended ->
          listener.toolEnded(
              new RunListener.Call(ended.call()),
              ended.result().text(),
              new Sandbox.Answer(ended.result()).status(),
              ended.duration());
      case RunEvent.ModelRetry retry ->
          listener.notice(
              "The model is asked again in " + retry.pause().toSeconds() + " s: " + retry.reason());
      case RunEvent.ModelFallback fallback ->
          listener.notice("From now on " + fallback.next() + " is asked: " + fallback.reason());
      case RunEvent.ConversationShortened shortened -> listener.notice(shortened.leftOut());
    }
  }

  /// Interrupts the runs that go on, which stops their tool calls and ends them as cancelled, waits
  /// for their ends, 60 seconds at most, and ends the connection. From inside a run, as from its
  /// listener, it does not wait: the end of that run does the rest. Never throws.
  @Override
  public void close() {
    calls.close();
  }

  private void release() {
    try {
      agent.close();
      boolean ignored = workspaces.end();
    } finally {
      runtime.close();
      audit.ifPresent(AuditStore::close);
    }
  }

  /// Several prompts, each of which knows what was said before it. Used by one thread.
  public static final class Conversation {

    private final Agent agent;
    private final Dialogue dialogue = new Dialogue();
    private final AtomicBoolean isAnswering = new AtomicBoolean();

    private Conversation(Agent agent) {
      this.agent = agent;
    }

    /// Runs the next prompt, as [Agent#run] does. The conversation can go on after a failure, and
    /// after a pause: [Agent#resume] continues the paused run, but the model's answer does not
    /// become part of this conversation.
    ///
    /// @throws IllegalStateException also if the prompt before is not over, as in its listener
    public RunResult say(String prompt, RunListener listener) {
      Objects.requireNonNull(prompt, "Agent.Conversation.say: prompt is null");
      Objects.requireNonNull(listener, "Agent.Conversation.say: listener is null");
      if (!isAnswering.compareAndSet(false, true)) {
        throw new IllegalStateException(
            "this conversation answers another prompt: nothing was started");
      }
      try {
        return agent.make(
            agent.order.asking(prompt),
            listener,
            (record, watch) -> agent.agent.say(dialogue, record, watch));
      } finally {
        isAnswering.set(false);
      }
    }
  }
}
