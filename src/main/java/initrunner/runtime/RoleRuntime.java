package initrunner.runtime;

import initrunner.audit.AuditException;
import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
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
import initrunner.runtime.confine.OwnFiles;
import initrunner.runtime.confine.WritableDirectories;
import initrunner.runtime.mounts.TransferRecorder;
import initrunner.runtime.moved.FileMoves;
import initrunner.text.SecretValues;
import initrunner.tool.CallEnd;
import initrunner.tool.PersonsDecision;
import initrunner.tool.Plan;
import initrunner.tool.ResultText;
import initrunner.tool.ShellInput;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.policy.EnvironmentFilter;
import initrunner.transfer.tree.TransferException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A role at work: its tools, their sandbox, and the audit log of their calls.
///
/// Safe for any number of threads; calls do not wait for each other here. Every call writes its
/// rows: `sandbox.start` before anything is sent, unless it was refused before that, and
/// `sandbox.exec` after its end, for every end. A call whose start cannot be recorded is not made.
public final class RoleRuntime implements AutoCloseable {

  /// The least that holds a command's output.
  private static final int MIN_CAPTURED_BYTES = 2;

  static final String FACTS_TOOL = "facts";
  private static final int MOST_ROWS = 1000;

  private final Role role;
  private final Sandbox sandbox;
  private final CallGate gate;
  private final CallRecord.Trail trail;
  private final RecordedCommands commands;
  private final Optional<Duration> toolTimeout;
  private final Optional<FileMoves> moves;
  private final SecretValues secrets;
  private final OutputWatcher watcher;
  private final HostFacts.Asked facts;

  RoleRuntime(Role role, Sandbox sandbox, Optional<AuditStore> audit, String runId) {
    this.role = role;
    this.sandbox = sandbox;
    this.gate =
        new CallGate(
            role.tools().stream()
                .flatMap(grant ->
                    RoleTools.of(grant, sandbox.place()).stream()
                        .map(tool -> new CallGate.Granted(tool, grant)))
                .toList());
    this.toolTimeout = role.execution().toolTimeout();
    this.moves = FileMoves.of(role, System.getenv());
    this.secrets = sandbox.variables().hidden();
    this.trail =
        new CallRecord.Trail(
            audit,
            role.metadata().name(),
            sandbox.place(),
            sandbox.variables().secrets().names(),
            RecordedContent.of(role, secrets),
            new CallRecord.Asked(runId, Optional.empty(), Optional.empty()));
    this.commands = new RecordedCommands(sandbox, trail, secrets, () -> {});
    recordTransfersOfMounts();
    this.watcher = OutputWatcher.NONE;
    this.facts = new HostFacts.Asked();
  }

  private RoleRuntime(RoleRuntime other, RecordedCommands commands, OutputWatcher watcher) {
    this.role = other.role;
    this.sandbox = other.sandbox;
    this.gate = other.gate;
    this.toolTimeout = other.toolTimeout;
    this.moves = other.moves;
    this.trail = commands.trail();
    this.commands = commands;
    this.secrets = other.secrets;
    this.watcher = watcher;
    this.facts = other.facts;
  }

  private void recordTransfersOfMounts() {
    TransferRecorder recorder = new RecordedTransfers(sandbox.place(), trail);
    sandbox.mounts().ifPresent(mounts -> mounts.recordedBy(recorder));
  }

  /// Opens a role. It connects nowhere and starts nothing.
  ///
  /// @param audit where calls are recorded; empty for no audit log. It stays the caller's to close,
  ///   after this
  /// @param runId written into every row
  /// @throws LauncherUnavailableException if the role's kind of sandbox is unavailable
  public static RoleRuntime open(Role role, Optional<AuditStore> audit, String runId) {
    return open(role, System.getenv(), audit, runId);
  }

  /// As [#open(Role, Optional, String)], with other secrets than those of this process's
  /// environment.
  ///
  /// @param secrets where the values of the role's `secret_env` are looked up; no other variable of
  ///   it reaches a command
  public static RoleRuntime open(
      Role role, Map<String, String> secrets, Optional<AuditStore> audit, String runId) {
    return open(role, Sandbox.of(role, System.getenv(), secrets), audit, runId);
  }

  /// As [#open(Role, Optional, String)], with an existing sandbox, which is closed with this.
  ///
  /// @param sandbox the one that the role asks for
  /// @throws LauncherUnavailableException if commands could write to the audit log
  public static RoleRuntime open(
      Role role, Sandbox sandbox, Optional<AuditStore> audit, String runId) {
    if (sandbox.place().backend().equals("none") && !role.tools().isEmpty()) {
      log()
          .log(
              Level.WARNING,
              "The tools of {0} run on this machine, without isolation",
              role.metadata().name());
    }
    if (role.sandbox().backend().containsHere()) {
      OwnFiles files = OwnFiles.of(role, System.getenv());
      WritableDirectories writable = WritableDirectories.of(role);
      audit.ifPresent(store -> files.requireOutOfReach(store.database(), writable));
    }
    return new RoleRuntime(role, sandbox, audit, runId);
  }

  /// The same, with the way in by which its calls are asked for. Close only one of them.
  ///
  /// @param door as `exec` or `mcp`; written into every row
  public RoleRuntime through(String door) {
    RoleRuntime same = new RoleRuntime(this, commands.in(trail.through(door)), watcher);
    same.recordTransfersOfMounts();
    return same;
  }

  /// The same tools in the same sandbox over the same connection, for another run. Close only one
  /// of them.
  ///
  /// @param runId written into every row
  /// @param watcher watches the output of tool calls
  public RoleRuntime forRun(String runId, OutputWatcher watcher) {
    return new RoleRuntime(this, commands.in(trail.of(runId)), watcher);
  }

  /// The same tools, whose sandbox needs a beginning: it is made before each command, except the
  /// question for facts, and a command before which it fails is not started. Close only one of
  /// them.
  ///
  /// @param first returns at once where all is done
  public RoleRuntime after(Runnable first) {
    return new RoleRuntime(this, commands.after(first), watcher);
  }

  /// The same tools for calls that another program asks for. Close only one of them.
  ///
  /// @param client the program, written into every row
  /// @param watcher watches the output of tool calls
  public RoleRuntime asking(String client, OutputWatcher watcher) {
    return new RoleRuntime(this, commands.in(trail.askedBy(client)), watcher);
  }

  /// The role's shell and files for another program that has tools of its own. It shares this
  /// sandbox and connection.
  ///
  /// @param client the program, written into every row
  public HostAccess hostAccess(String client) {
    return new HostAccess(role, commands.in(trail.askedBy(client)));
  }

  /// Moves files between this machine and the role's host. It shares this sandbox and connection.
  /// Blocks for `ssh -G`, ten seconds at most.
  ///
  /// @param home the user's directory, in which the states of last exchanges are kept
  /// @throws TransferException if the role's tools run on this machine
  public FileTransfers transfers(Path home) {
    return FileTransfers.of(sandbox, trail, RoleHost.reachedAs(role), home.resolve("exchanges"));
  }

  /// Connects, where there is a connection to make, and proves that commands can run and have a
  /// directory to start in. Blocks. Optional: calls connect by themselves.
  ///
  /// @throws TransportException if commands cannot run, with the reason and the next step
  /// @throws LauncherUnavailableException if the host cannot start them as the role wants
  /// @throws TransferException if the [#after] beginning fails
  public void preflight() {
    commands.first().run();
    sandbox.open();
  }

  /// The tools for the model, in the role's order.
  public List<Tool> tools() {
    return gate.tools();
  }

  /// The host as the role names it, or `this machine`.
  public String place() {
    return sandbox.place().name();
  }

  /// Where commands start by default; empty means the host's default.
  public Optional<String> directory() {
    return sandbox.place().directory();
  }

  /// Facts that the sandbox gives about itself, as lines for a model: host, user, directory, shell
  /// and system. Empty if the role has no tools or the answer is of no use. Until there is an
  /// answer, each call runs one command, recorded as a call, and blocks for it, at most ten
  /// seconds.
  ///
  /// @throws AuditException if nothing was started because its start could not be recorded
  public Optional<String> facts() {
    return tools().stream().noneMatch(Tool::runsCommands)
        ? Optional.empty()
        : facts.once(() -> HostFacts.ask(role, commands));
  }

  /// The rows of the audit log that this runtime's calls wrote, in the order of recording; of very
  /// many, the newest. Blocks for the database.
  ///
  /// @param since only rows of this time or later
  /// @throws AuditException if they cannot be read
  public List<AuditQuery.Event> recorded(Instant since) {
    return trail.rows(since, MOST_ROWS);
  }

  /// Whether a person is asked before each call of this tool.
  public boolean isAskedAbout(Tool tool) {
    return gate.approval(tool) == Approval.REQUIRED;
  }

  /// Whether a person must approve this call. A call that would be refused anyway needs no
  /// approval.
  public boolean needsApproval(ToolCall call) {
    return gate.judge(call) instanceof CallGate.Verdict.Ready ready
        && ready.approval() == Approval.REQUIRED;
  }

  /// Makes a model's call; every outcome is an answer. A call that needs a person's approval is
  /// refused: [#callApproved] makes it. Blocks until the command is over; answers an interrupt by
  /// stopping it, with the interrupt flag set again.
  public ToolResult call(ToolCall call) {
    return made(call).result();
  }

  /// As [#call], for a call that a person approved.
  public ToolResult callApproved(ToolCall call, PersonsDecision decision) {
    return madeApproved(call, decision).result();
  }

  /// As [#call], with the end of its command.
  public CallEnd made(ToolCall call) {
    return answer(call, Optional.empty());
  }

  /// As [#callApproved], with the end of its command.
  public CallEnd madeApproved(ToolCall call, PersonsDecision decision) {
    return answer(call, Optional.of(decision));
  }

  /// Answers and records a call that a person denied. Nothing is started.
  public ToolResult deny(ToolCall call, PersonsDecision decision) {
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

  /// A call, and what a person said to it.
  private record Decided(ToolCall call, Optional<PersonsDecision> decision) {

    RecordedCall recorded(Tool tool, String program) {
      return RecordedCall.of(call, tool, program).decided(decision);
    }
  }

  private CallEnd answer(ToolCall call, Optional<PersonsDecision> approval) {
    Decided decided = new Decided(call, approval);
    return switch (gate.judge(call)) {
      case CallGate.Verdict.Refused refused -> new CallEnd(refuse(call, refused));
      case CallGate.Verdict.Ready ready ->
          approval.isPresent() || ready.approval() == Approval.AUTO
              ? made(decided, ready)
              : new CallEnd(
                  refuse(
                      decided,
                      ready,
                      "no_approval",
                      "Error: this call needs a person's approval, and no person was asked. Nothing"
                          + " was run."));
    };
  }

  private CallEnd made(Decided decided, CallGate.Verdict.Ready ready) {
    return switch (ready.plan()) {
      case Plan.Run run -> runTool(decided, ready.tool(), run.within(toolTimeout));
      case Plan.Moved moved -> move(decided, ready, moved.within(toolTimeout));
      case Plan.Answered(String text, ToolResult.Status status) -> {
        record(decided, ready).end(new CallRecord.End.Answered(status));
        yield new CallEnd(result(decided.call(), text, status));
      }
    };
  }

  private CallRecord record(Decided decided, CallGate.Verdict.Ready ready) {
    return CallRecord.of(trail, decided.call(), ready, decided.decision(), secrets);
  }

  private ToolResult refuse(
      Decided decided, CallGate.Verdict.Ready ready, String by, String reason) {
    record(decided, ready).end(new CallRecord.End.Refused(by));
    return result(decided.call(), reason, ToolResult.Status.REFUSED);
  }

  private ToolResult refuse(ToolCall call, CallGate.Verdict.Refused refused) {
    new CallRecord(trail, RecordedCall.of(call, refused).redacted(secrets))
        .end(new CallRecord.End.Refused(refused.by()));
    return result(call, refused.reason(), refused.status());
  }

  private CallEnd runTool(Decided decided, Tool tool, Plan.Run run) {
    ToolCall call = decided.call();
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
      RecordedCall recorded = decided.recorded(tool, run.command().argv().getFirst());
      Outcome outcome =
          watched(call, output, sink -> commands.run(run.command(), run.limits(), sink, recorded));
      return new CallEnd(
          result(
              call,
              run.answer().of(run, outcome, output, sandbox.place().name()),
              ResultText.status(outcome.ended())),
          Optional.of(outcome.ended()));
    } catch (TransportException
        | LauncherUnavailableException
        | AuditException
        | TransferException nothingStarted) {
      return notStarted(call, nothingStarted);
    }
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
    WatchedSink watched = new WatchedSink(output, secrets, lines -> watcher.lines(call, lines));
    Outcome outcome = run.apply(watched);
    watched.finish();
    return outcome;
  }

  /// Runs a person's own command in the role's sandbox: no tool's policy applies to it. The command
  /// does not get variables that the sandbox's filter drops; [Variables#filter] tells which these
  /// are. A relative working directory is below the role's own.
  ///
  /// Blocks until the command is over; answers an interrupt by stopping it, with the interrupt flag
  /// set again.
  ///
  /// @param sink takes the output, on the calling thread
  /// @throws TransportException if nothing was started because the host cannot run it
  /// @throws LauncherUnavailableException if nothing was started because the launcher cannot start
  ///   it
  /// @throws AuditException if nothing was started because its start could not be recorded
  public Outcome exec(Command command, Limits limits, Sink sink) {
    return commands.run(command, limits, sink, RecordedCall.of(command.argv(), Optional.empty()));
  }

  private ToolResult result(ToolCall call, String text, ToolResult.Status status) {
    return new ToolResult(call.id(), redacted(text), status);
  }

  /// The text without the role's secrets and without text of a secret's shape.
  public String redacted(String text) {
    return secrets.redacted(text);
  }

  /// Up to which position a text that continues can be [#redacted] now.
  public int settled(String text) {
    return secrets.settled(text);
  }

  /// Stops the running commands and closes the connection. Never throws.
  @Override
  public void close() {
    sandbox.close();
  }

  private static System.Logger log() {
    return System.getLogger(RoleRuntime.class.getName());
  }
}
