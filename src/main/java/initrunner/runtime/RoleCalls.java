package initrunner.runtime;

import initrunner.audit.AuditException;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.RemedyException;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.Role;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.runtime.gate.CallGate;
import initrunner.runtime.moved.FileMoves;
import initrunner.runtime.output.OutputWatcher;
import initrunner.runtime.output.WatchedSink;
import initrunner.runtime.ports.PortCalls;
import initrunner.runtime.terminals.SecretPerson;
import initrunner.runtime.terminals.TerminalCalls;
import initrunner.text.SecretValues;
import initrunner.tool.CallEnd;
import initrunner.tool.PersonsDecision;
import initrunner.tool.Plan;
import initrunner.tool.ResultText;
import initrunner.tool.ShellInput;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.JobScripts;
import initrunner.tool.policy.EnvironmentFilter;
import initrunner.transfer.tree.TransferException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Function;

/// Answers the calls of a model with the tools of one role, and records them. Immutable and safe
/// for many threads; each call blocks for its command.
///
/// @param moves moves single files; empty where no tool does
/// @param ports looks at ports of the host
/// @param person who is asked for passwords at terminals
record RoleCalls(
    Role role,
    Sandbox sandbox,
    CallGate gate,
    RecordedCommands commands,
    Optional<FileMoves> moves,
    PortCalls ports,
    TerminalCalls terminals,
    Optional<SecretPerson> person,
    OutputWatcher watcher) {

  /// The least that holds a command's output.
  private static final int MIN_CAPTURED_BYTES = 2;

  /// Answers and records a call that a person denied. Nothing is started.
  ToolResult deny(ToolCall call, PersonsDecision decision) {
    return switch (gate.judge(call)) {
      case CallGate.Verdict.Refused refused -> refuse(call, refused);
      case CallGate.Verdict.Ready ready ->
          refuse(
                  new Decided(call, Optional.of(decision)),
                  ready,
                  CallRecord.DENIED,
                  "Error: a person was asked and said no. Nothing was run. Do not ask for the same"
                      + " again; go on without it, or say what you need it for.")
              .as(ToolResult.Status.DENIED);
    };
  }

  /// How a call's command is run and recorded.
  @FunctionalInterface
  interface Runner {

    /// As [RecordedCommands#run].
    Outcome run(Command command, Limits limits, Sink sink, RecordedCall call);
  }

  /// A call, and what a person said to it.
  private record Decided(ToolCall call, Optional<PersonsDecision> decision) {

    RecordedCall recorded(Tool tool, String program) {
      return RecordedCall.of(call, tool, program).decided(decision);
    }
  }

  /// Makes a call; every outcome is an answer. Blocks until the command is over; answers an
  /// interrupt by stopping it, with the interrupt flag set again.
  ///
  /// @param approval of a person; a call that needs one and has none is refused
  CallEnd answer(ToolCall call, Optional<PersonsDecision> approval) {
    return answer(call, approval, commands::run);
  }

  /// The same, where another runs a call's own command.
  CallEnd answer(ToolCall call, Optional<PersonsDecision> approval, Runner runner) {
    Decided decided = new Decided(call, approval);
    return switch (gate.judge(call)) {
      case CallGate.Verdict.Refused refused -> new CallEnd(refuse(call, refused));
      case CallGate.Verdict.Ready ready ->
          approval.isPresent() || ready.approval() == Approval.AUTO
              ? made(decided, ready, runner)
              : new CallEnd(
                  refuse(
                      decided,
                      ready,
                      "no_approval",
                      "Error: this call needs a person's approval, and no person was asked. Nothing"
                          + " was run."));
    };
  }

  /// Whether nothing refuses a call.
  boolean isMade(ToolCall call, Optional<PersonsDecision> approval) {
    return gate.judge(call) instanceof CallGate.Verdict.Ready ready
        && (approval.isPresent() || ready.approval() == Approval.AUTO);
  }

  private CallEnd made(Decided decided, CallGate.Verdict.Ready ready, Runner runner) {
    return switch (ready.plan()) {
      case Plan.Run run ->
          runTool(decided, ready, run.within(role.execution().toolTimeout()), runner);
      case Plan.Beside beside ->
          runTool(
              decided,
              ready,
              beside.within(role.execution().toolTimeout()).run(),
              commands.beside().after(() -> {})::run);
      case Plan.Started started -> start(decided, ready, started);
      case Plan.Moved moved -> move(decided, ready, moved.within(role.execution().toolTimeout()));
      case Plan.AtTerminal at ->
          atTerminal(decided, ready, at.within(role.execution().toolTimeout()));
      case Plan.Looked looked ->
          look(decided, ready, looked.within(role.execution().toolTimeout()));
      case Plan.Answered(String text, ToolResult.Status status) -> {
        record(decided, ready).end(new CallRecord.End.Answered(status));
        yield new CallEnd(result(decided.call(), text, status));
      }
    };
  }

  private CallEnd start(Decided decided, CallGate.Verdict.Ready ready, Plan.Started started) {
    Plan.Run run;
    try {
      commands.first().run();
      run =
          started
              .script()
              .of(sandbox.launched(JobScripts.withOneOutput(started.command()), started.id()));
    } catch (TransportException | LauncherUnavailableException | TransferException nothingStarted) {
      record(decided, ready).end(CallRecord.End.NotStarted.of(nothingStarted));
      return notStarted(decided.call(), nothingStarted);
    }
    return runTool(decided, ready, run, commands.beside()::run);
  }

  private CallRecord record(Decided decided, CallGate.Verdict.Ready ready) {
    return CallRecord.of(trail(), decided.call(), ready, decided.decision(), secrets());
  }

  private ToolResult refuse(
      Decided decided, CallGate.Verdict.Ready ready, String by, String reason) {
    record(decided, ready).end(new CallRecord.End.Refused(by));
    return result(decided.call(), reason, ToolResult.Status.REFUSED);
  }

  ToolResult refuse(ToolCall call, CallGate.Verdict.Refused refused) {
    new CallRecord(trail(), RecordedCall.of(call, refused).redacted(secrets()))
        .end(new CallRecord.End.Refused(refused.by()));
    return result(call, refused.reason(), refused.status());
  }

  private CallEnd runTool(
      Decided decided, CallGate.Verdict.Ready ready, Plan.Run run, Runner runner) {
    ToolCall call = decided.call();
    Tool tool = ready.tool();
    Captured output = new Captured(Math.max(MIN_CAPTURED_BYTES, run.maxOutputBytes()));
    EnvironmentFilter.Filtered environment =
        sandbox.variables().filter().filter(run.command().environment());
    if (!environment.dropped().isEmpty()) {
      log()
          .log(
              Level.WARNING,
              "{0} does not get variables whose names say that they hold a secret: {1}",
              tool.name(),
              String.join(", ", environment.dropped()));
    }
    try {
      RecordedCall recorded = decided.recorded(tool, CallRecord.program(ready));
      Outcome outcome =
          watched(call, output, sink -> runner.run(run.command(), run.limits(), sink, recorded));
      recordJobs(ready.plan(), output);
      return new CallEnd(
          result(
              call,
              run.answer().of(run, outcome, output, place()),
              run.answer().status(outcome, output)),
          toldEnd(ready.plan(), outcome.ended()));
    } catch (TransportException
        | LauncherUnavailableException
        | AuditException
        | TransferException nothingStarted) {
      return notStarted(call, nothingStarted);
    }
  }

  /// A script's own success would look like that of the job that it speaks of.
  private static Optional<Ended> toldEnd(Plan.Made plan, Ended ended) {
    boolean isOfJobs = plan instanceof Plan.Beside || plan instanceof Plan.Started;
    return Optional.of(ended).filter(end -> !isOfJobs || !end.equals(new Ended.Exited(0)));
  }

  private void recordJobs(Plan.Made plan, Captured output) {
    trail()
        .jobs(secrets())
        .ifPresent(rows -> {
          switch (plan) {
            case Plan.Started started ->
                Job.all(output.stdoutText()).stream()
                    .filter(job -> job.id().equals(started.id()))
                    .findFirst()
                    .ifPresent(rows::started);
            case Plan.Beside _ -> rows.found(Job.all(output.stdoutText()));
            case Plan.Run _, Plan.Moved _, Plan.Looked _, Plan.AtTerminal _, Plan.Answered _ -> {}
          }
        });
  }

  private CallEnd look(Decided decided, CallGate.Verdict.Ready ready, Plan.Looked looked) {
    ToolCall call = decided.call();
    RecordedCall recorded = decided.recorded(ready.tool(), ready.tool().name());
    try {
      PortCalls.End end =
          ports.make(
              looked,
              place(),
              (output, work) ->
                  watched(call, output, sink -> commands.record(recorded, sink, work)));
      return new CallEnd(
          result(call, end.text(), end.status()), Optional.of(end.outcome().ended()));
    } catch (TransportException | AuditException nothingStarted) {
      return notStarted(call, nothingStarted);
    }
  }

  private CallEnd atTerminal(Decided decided, CallGate.Verdict.Ready ready, Plan.AtTerminal plan) {
    RecordedCall recorded = decided.recorded(ready.tool(), CallRecord.program(ready));
    try {
      return plan instanceof Plan.TerminalOpened opened
          ? openTerminal(decided, ready, opened, recorded)
          : terminalEnd(
              decided,
              terminals.make(
                  plan, terminalPlace(), (sink, work) -> commands.record(recorded, sink, work)));
    } catch (TransportException
        | LauncherUnavailableException
        | AuditException
        | TransferException nothingStarted) {
      return notStarted(decided.call(), nothingStarted);
    }
  }

  private CallEnd openTerminal(
      Decided decided,
      CallGate.Verdict.Ready ready,
      Plan.TerminalOpened opened,
      RecordedCall recorded) {
    TerminalCalls.Place where;
    try {
      commands.first().run();
      where =
          sandbox.place().host().isPresent() && sandbox.isPlain()
              ? terminalPlace().knowingDevices()
              : terminalPlace();
    } catch (TransportException | LauncherUnavailableException | TransferException nothingStarted) {
      record(decided, ready).end(CallRecord.End.NotStarted.of(nothingStarted));
      return notStarted(decided.call(), nothingStarted);
    }
    return terminals
        .open(
            opened, where, (command, limits, sink) -> commands.run(command, limits, sink, recorded))
        .map(end -> terminalEnd(decided, end))
        .orElseGet(() ->
            new CallEnd(
                refuse(decided, ready, "max_open", terminals.full(opened.rules()))
                    .as(ToolResult.Status.FAILED)));
  }

  private CallEnd terminalEnd(Decided decided, TerminalCalls.End end) {
    return new CallEnd(result(decided.call(), end.text(), end.status()), end.ended());
  }

  private TerminalCalls.Place terminalPlace() {
    return new TerminalCalls.Place(
        place(),
        trail().agentName() + "/" + trail().runId(),
        false,
        sandbox::ask,
        secrets(),
        person,
        what -> trail().note("sandbox.terminal", what));
  }

  /// What watches the output does not see the bytes of files.
  private CallEnd move(Decided decided, CallGate.Verdict.Ready ready, Plan.Moved moved) {
    ToolCall call = decided.call();
    RecordedCall recorded = decided.recorded(ready.tool(), ShellInput.PROGRAM);
    try {
      FileMoves.End end =
          moves
              .orElseThrow()
              .make(
                  moved,
                  place(),
                  (run, sink) -> commands.run(run.command(), run.limits(), sink, recorded));
      return switch (end) {
        case FileMoves.End.NotStarted(String by, String reason, ToolResult.Status status) ->
            new CallEnd(refuse(decided, ready, by, reason).as(status));
        case FileMoves.End.Ran(String text, ToolResult.Status status, Optional<Ended> ended) ->
            new CallEnd(result(call, text, status), ended);
      };
    } catch (TransportException
        | LauncherUnavailableException
        | AuditException
        | TransferException nothingStarted) {
      return notStarted(call, nothingStarted);
    }
  }

  private CallEnd notStarted(ToolCall call, RemedyException nothingStarted) {
    return new CallEnd(
        result(call, ResultText.notStarted(nothingStarted), ToolResult.Status.NOT_STARTED));
  }

  private Outcome watched(ToolCall call, Sink output, Function<Sink, Outcome> run) {
    if (watcher.equals(OutputWatcher.NONE)) {
      return run.apply(output);
    }
    WatchedSink watched = new WatchedSink(output, secrets(), lines -> watcher.lines(call, lines));
    Outcome outcome = run.apply(watched);
    watched.finish();
    return outcome;
  }

  private ToolResult result(ToolCall call, String text, ToolResult.Status status) {
    return new ToolResult(call.id(), secrets().redacted(text), status);
  }

  private CallRecord.Trail trail() {
    return commands.trail();
  }

  private SecretValues secrets() {
    return commands.secrets();
  }

  private String place() {
    return sandbox.place().name();
  }

  private static System.Logger log() {
    return System.getLogger(RoleRuntime.class.getName());
  }
}
