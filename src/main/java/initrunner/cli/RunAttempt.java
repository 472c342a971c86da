package initrunner.cli;

import initrunner.agent.AgentLoop;
import initrunner.agent.AgentRun;
import initrunner.agent.AgentRun.Pause;
import initrunner.agent.Approver;
import initrunner.agent.CheckedModel;
import initrunner.agent.PausedRun;
import initrunner.agent.PausedRunException;
import initrunner.agent.RedactedModel;
import initrunner.agent.Toolbox;
import initrunner.agent.TopicCheck;
import initrunner.audit.AuditException;
import initrunner.audit.AuditStore;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.http.Models;
import initrunner.role.ContentRules;
import initrunner.role.Role;
import initrunner.runtime.RolePlace;
import initrunner.runtime.RoleRuntime;
import initrunner.tool.ToolCall;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes or continues one run: opens what it needs, asks, shows what comes, and stores the run
/// where it pauses. For one run.
final class RunAttempt {

  private static final int SIGINT = 2;

  private final Console console;
  private final RunOrder order;
  private final RunOutput output;
  private final RunHome home;

  /// @param console with the variables that the role and its model's key come from
  RunAttempt(Console console, RunOrder order, RunFormat format, RunHome home) {
    this.console = console;
    this.order = order;
    this.output = new RunOutput(console, order, format);
    this.home = home;
  }

  /// The exit status. Blocks until the run is over; an interrupt stops it.
  int run() {
    Optional<AuditStore> audit = Optional.empty();
    RunRecord record = new RunRecord(audit, order);
    try {
      audit =
          order
              .setting()
              .auditDatabase()
              .map(file -> AuditStore.open(file, home.key(), home.retention()));
      record = new RunRecord(audit, order);
      return run(audit, record);
    } catch (TransportException e) {
      return fail(record, e.getMessage(), e.remedy(), ExitCodes.SANDBOX_UNAVAILABLE);
    } catch (LauncherUnavailableException e) {
      return fail(record, e.getMessage(), e.remedy(), ExitCodes.SANDBOX_UNAVAILABLE);
    } catch (ModelException e) {
      return fail(record, e.getMessage(), e.remedy(), ExitCodes.FAILED);
    } catch (AuditException e) {
      return fail(e.getMessage(), e.remedy(), ExitCodes.FAILED);
    } catch (PausedRunException.Answered e) {
      return fail(e.getMessage(), e.remedy(), ExitCodes.FAILED);
    } catch (PausedRunException e) {
      return fail(record, e.getMessage(), e.remedy(), ExitCodes.FAILED);
    } catch (RuntimeException e) {
      record.broke(e);
      throw e;
    } finally {
      audit.ifPresent(AuditStore::close);
    }
  }

  private int run(Optional<AuditStore> audit, RunRecord record) {
    if (!(order.task() instanceof RunOrder.Task.Describe)) {
      output.beginAt(order.model().elsewhere());
    }
    try (RoleRuntime runtime =
        RoleRuntime.open(order.role(), console.environment(), audit, order.runId())) {
      record.redact(runtime::redacted);
      output.connecting(runtime);
      runtime.preflight();
      return switch (order.task()) {
        case RunOrder.Task.Describe() -> {
          output.describe(runtime);
          yield ExitCodes.OK;
        }
        case RunOrder.Task.Ask(String prompt) -> end(record, prompt, ask(record, runtime, prompt));
        case RunOrder.Task.Continue(PausedRun paused, GivenAnswers answers) ->
            endResumed(record, paused, goOn(record, runtime, paused, answers));
      };
    }
  }

  private AgentRun ask(RunRecord record, RoleRuntime runtime, String prompt) {
    try (Model model = model(runtime);
        TopicCheck topics = topics(runtime)) {
      tell(record, model);
      Role role = informed(order, runtime);
      try (RunWatch watch = output.watch(runtime)) {
        return loop(role, model, watched(runtime, watch), person(runtime, watch))
            .checking(topics)
            .run(prompt, record.watching(watch.events()));
      }
    }
  }

  private void tell(RunRecord record, Model model) {
    record.asks(model);
    output.asks(model);
  }

  /// The answers count once all that can fail beforehand has not.
  private AgentRun goOn(
      RunRecord record, RoleRuntime runtime, PausedRun paused, GivenAnswers answers) {
    try (Model model = model(runtime);
        RunWatch watch = output.watch(runtime)) {
      tell(record, model);
      AgentLoop loop =
          loop(
              order.role(), model, watched(runtime, watch), answers.before(person(runtime, watch)));
      home.pausedRuns().decide(paused);
      return loop.resume(paused.transcript(), record.watching(watch.events()));
    }
  }

  static AgentLoop loop(Role role, Model model, RoleRuntime runtime, Approver approver) {
    return new AgentLoop(
        model, role.prompt(), Toolbox.of(runtime, role.execution(), approver), role.guardrails());
  }

  /// The role with what its place says of itself. Recorded turns were made without a look at this
  /// place, so nobody would read that.
  static Role informed(RunOrder order, RoleRuntime runtime) {
    Role role = order.role();
    return switch (order.model()) {
      case ModelChoice.Replayed _ -> role;
      case ModelChoice.Asked _ ->
          runtime
              .facts()
              .map(facts -> role.withPrompt(role.prompt().stripTrailing() + "\n\n" + facts))
              .orElse(role);
    };
  }

  private Model model(RoleRuntime runtime) {
    return model(
        output.isWrittenAsItComes() ? Models.Delivery.STREAMED : Models.Delivery.WHOLE, runtime);
  }

  /// The model, ready to be asked.
  ///
  /// @throws ModelException if its key is missing or its address is none
  Model model(Models.Delivery delivery, RoleRuntime runtime) {
    Role role = order.role();
    return recorded(
        new RedactedModel(
            new CheckedModel(
                order.model().open(role.execution(), delivery), role.security().content()),
            runtime),
        runtime);
  }

  private Model recorded(Model model, RoleRuntime runtime) {
    return order
        .setting()
        .record()
        .map(file -> Models.recording(model, file, runtime::redacted))
        .orElse(model);
  }

  /// What checks prompts before they are asked, where the role has topics; to be closed.
  ///
  /// @throws ModelException as [#model]
  TopicCheck topics(RoleRuntime runtime) {
    Role role = order.role();
    ContentRules rules = role.security().content();
    return rules
        .allowedTopics()
        .map(topics ->
            TopicCheck.of(
                recorded(
                    new RedactedModel(order.model().openJudge(role.execution()), runtime), runtime),
                topics,
                rules))
        .orElse(TopicCheck.NONE);
  }

  private RoleRuntime watched(RoleRuntime runtime, RunWatch watch) {
    return runtime.forRun(order.runId(), watch.output());
  }

  private Approver person(RoleRuntime runtime, RunWatch watch) {
    return output.isForAPerson() && console.input() == Console.Output.TERMINAL
        ? TerminalApprover.of(console, runtime.place(), watch.live())
        : Approver.ABSENT;
  }

  private int end(RunRecord record, String prompt, AgentRun run) {
    keep(record, prompt, run);
    return shown(run);
  }

  /// An answer is shown and recorded also where its run cannot be noted as ended.
  private int endResumed(RunRecord record, PausedRun paused, AgentRun run) {
    int status = end(record, paused.prompt(), run);
    if (run.pause().isPresent()) {
      return status;
    }
    try {
      home.pausedRuns().done(paused);
      return status;
    } catch (PausedRunException e) {
      return complained(e.getMessage(), e.remedy(), Math.max(status, ExitCodes.FAILED));
    }
  }

  /// Stores what must be stored of a run that has ended.
  ///
  /// @throws PausedRunException if it waits for a person and cannot be stored
  /// @throws AuditException if it cannot be recorded
  void keep(RunRecord record, String prompt, AgentRun run) {
    run.pause()
        .ifPresent(
            pause -> home.pausedRuns().redacting(record.redaction()).save(stored(prompt, pause)));
    record.ended(run);
  }

  /// The exit status of a run that has ended, which is shown.
  int shown(AgentRun run) {
    output.show(run);
    if (run.pause().isPresent()) {
      output.explainPause(run.pause().get());
      return ExitCodes.PAUSED;
    }
    return run.failure()
        .map(failure -> complained(failure.message(), remedy(failure), ExitCodes.FAILED))
        .orElse(ExitCodes.OK);
  }

  private String remedy(AgentRun.Failure failure) {
    return switch (order.task()) {
      case RunOrder.Task.Ask _, RunOrder.Task.Describe _ -> failure.remedy();
      case RunOrder.Task.Continue _ ->
          failure.remedy()
              + "\nThat is a new run (initrunner run): the answers to run "
              + order.runId()
              + " are used, and approve takes no others.";
    };
  }

  private PausedRun stored(String prompt, Pause pause) {
    List<String> ids = pause.calls().stream().map(ToolCall::id).toList();
    return new PausedRun(
        order.runId(),
        order.pauses() + 1,
        Instant.now(),
        order.role().metadata().name(),
        prompt,
        ids,
        pause.transcript(),
        order.setting().with(order.setting().roleDigest(), RolePlace.resolved(order.role())));
  }

  private int fail(RunRecord record, @Nullable String what, String remedy, int status) {
    try {
      record.failed(String.valueOf(what));
    } catch (AuditException e) {
      console.err().println("Error: " + e.getMessage());
    }
    return fail(what, remedy, status);
  }

  private int fail(@Nullable String what, String remedy, int status) {
    output.showFailure(String.valueOf(what), remedy);
    return complained(what, remedy, status);
  }

  private int complained(@Nullable String what, String remedy, int status) {
    console.err().println("Error: " + what);
    console.err().printLines(remedy);
    return Thread.interrupted() ? ExitCodes.signal(SIGINT) : status;
  }
}
