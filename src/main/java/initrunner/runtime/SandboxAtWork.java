package initrunner.runtime;

import initrunner.audit.AuditException;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.Role;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.runtime.gate.ArgumentCheck;
import initrunner.runtime.gate.CallGate;
import initrunner.runtime.mounts.TransferRecorder;
import initrunner.runtime.moved.FileMoves;
import initrunner.runtime.output.OutputWatcher;
import initrunner.runtime.ports.PortCalls;
import initrunner.runtime.terminals.SecretPerson;
import initrunner.runtime.terminals.TerminalCalls;
import initrunner.text.SecretValues;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.transfer.tree.TransferException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One sandbox of a role at work: the tools that the role has there, and the record of their calls.
/// Safe for many threads.
final class SandboxAtWork {

  private final Role role;
  private final Sandbox sandbox;
  private final CallGate gate;

  /// Of the ends of `copy_file`.
  private final CallGate copies;

  private final CallRecord.Trail trail;
  private final RecordedCommands commands;
  private final Optional<FileMoves> moves;
  private final PortCalls ports;
  private final TerminalCalls terminals;
  private final Optional<SecretPerson> person;
  private final SecretValues secrets;
  private final OutputWatcher watcher;
  private final HostFacts.Asked facts;

  /// @param role one with this sandbox alone
  /// @param secrets of the whole role: no answer and no record shows them
  SandboxAtWork(
      Role role, Sandbox sandbox, SecretValues secrets, Optional<AuditStore> audit, String runId) {
    this.role = role;
    this.sandbox = sandbox;
    this.gate = gate(role, grant -> RoleTools.of(grant, sandbox.place()));
    this.copies = gate(role, grant -> RoleTools.ofCopies(grant, sandbox.place()));
    this.moves = FileMoves.of(role, System.getenv());
    this.ports = new PortCalls(sandbox.ports());
    this.terminals = new TerminalCalls(AuditLocation.home(System.getenv()).resolve("terminals"));
    this.person = Optional.empty();
    this.secrets = secrets;
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

  private SandboxAtWork(
      SandboxAtWork other,
      RecordedCommands commands,
      OutputWatcher watcher,
      Optional<SecretPerson> person) {
    this.role = other.role;
    this.sandbox = other.sandbox;
    this.gate = other.gate;
    this.copies = other.copies;
    this.moves = other.moves;
    this.ports = other.ports;
    this.terminals = other.terminals;
    this.person = person;
    this.trail = commands.trail();
    this.commands = commands;
    this.secrets = other.secrets;
    this.watcher = watcher;
    this.facts = other.facts;
  }

  private static CallGate gate(Role role, Function<ToolGrant, List<Tool>> tools) {
    return new CallGate(
        role.tools().stream()
            .flatMap(
                grant -> tools.apply(grant).stream().map(tool -> new CallGate.Granted(tool, grant)))
            .toList());
  }

  private void recordTransfersOfMounts() {
    TransferRecorder recorder = new RecordedTransfers(sandbox.place(), trail);
    sandbox.mounts().ifPresent(mounts -> mounts.recordedBy(recorder));
  }

  /// The same, whose calls come by a door, which also moves what its preparation brings there.
  SandboxAtWork through(String door) {
    SandboxAtWork same = in(trail.through(door));
    same.recordTransfersOfMounts();
    return same;
  }

  /// The same with other rows.
  SandboxAtWork in(CallRecord.Trail other) {
    return new SandboxAtWork(this, commands.in(other), watcher, person);
  }

  /// The same, whose output is watched.
  SandboxAtWork watchedBy(OutputWatcher other) {
    return new SandboxAtWork(this, commands, other, person);
  }

  /// The same, whose output is shown as that of another call: who watches it knows that one.
  SandboxAtWork showing(ToolCall call) {
    return watcher.equals(OutputWatcher.NONE)
        ? this
        : watchedBy((_, lines) -> watcher.lines(call, lines));
  }

  /// The same for one of several sandboxes of a call, whose name is in front of each line.
  SandboxAtWork showingItsPart(ToolCall call) {
    return watcher.equals(OutputWatcher.NONE)
        ? this
        : watchedBy((_, lines) ->
            watcher.lines(
                call, lines.stream().map(line -> line.from(name().orElseThrow())).toList()));
  }

  /// The same after a beginning.
  SandboxAtWork after(Runnable first) {
    return new SandboxAtWork(this, commands.after(first), watcher, person);
  }

  /// The same with a person who answers for its terminals.
  SandboxAtWork withPerson(SecretPerson other) {
    return new SandboxAtWork(this, commands, watcher, Optional.of(other));
  }

  CallRecord.Trail trail() {
    return trail;
  }

  Sandbox sandbox() {
    return sandbox;
  }

  RecordedCommands commands() {
    return commands;
  }

  SecretValues secrets() {
    return secrets;
  }

  HostWork hostWork() {
    return new HostWork(role, sandbox, commands, ports);
  }

  /// As [RoleRuntime#preflight].
  ///
  /// @throws TransportException if commands cannot run
  /// @throws LauncherUnavailableException if the host cannot start them as the role wants
  /// @throws TransferException if the beginning fails
  void preflight() {
    commands.first().run();
    try {
      sandbox.open();
    } finally {
      RecordedCommands.recordAsked(sandbox, trail);
    }
  }

  /// Logs in. Blocks.
  ///
  /// @throws TransportException if the host cannot be reached
  void connect() {
    try {
      sandbox.transport().open();
    } finally {
      RecordedCommands.recordAsked(sandbox, trail);
    }
  }

  List<Tool> tools() {
    return gate.tools();
  }

  /// Its name among several; empty where there is one.
  Optional<String> name() {
    return role.security().sandboxName();
  }

  /// Its name for a person.
  String place() {
    return sandbox.place().name();
  }

  /// As [RoleRuntime#facts].
  ///
  /// @throws AuditException if nothing was started because its start could not be recorded
  Optional<String> facts() {
    return tools().stream().noneMatch(Tool::runsCommands)
        ? Optional.empty()
        : facts.once(() -> HostFacts.ask(role, commands));
  }

  /// What a model has to know of its working directory; empty if it is no copy.
  String ofWorkspace() {
    return HostFacts.ofWorkspace(role);
  }

  boolean isAskedAbout(Tool tool) {
    return gate.approval(tool) == Approval.REQUIRED || copies.approval(tool) == Approval.REQUIRED;
  }

  boolean needsApproval(ToolCall call) {
    return needsApproval(gate, call);
  }

  private static boolean needsApproval(CallGate judge, ToolCall call) {
    return judge.judge(call) instanceof CallGate.Verdict.Ready ready
        && ready.approval() == Approval.REQUIRED;
  }

  /// The same of an end of `copy_file`.
  boolean needsApprovalAtEnd(ToolCall call) {
    return needsApproval(copies, call);
  }

  /// Whether an end of `copy_file` is not refused.
  boolean isReadyAtEnd(ToolCall call) {
    return copies.judge(call) instanceof CallGate.Verdict.Ready;
  }

  RoleCalls calls() {
    return calls(gate);
  }

  private RoleCalls calls(CallGate judge) {
    return new RoleCalls(role, sandbox, judge, commands, moves, ports, terminals, person, watcher);
  }

  /// The ends of `copy_file` here; empty if no file leaves this sandbox or comes to it.
  List<Tool> copyEnds() {
    return copies.tools();
  }

  /// The calls of those.
  RoleCalls copyCalls() {
    return calls(copies);
  }

  /// Answers and records a call that names no sandbox of the role.
  ToolResult refused(ToolCall call, String reason) {
    return refused(call, "unknown_sandbox", "Error: " + reason + ". Nothing was run.");
  }

  /// Answers and records a call of a tool that no sandbox of the role has.
  ///
  /// @param all of the role
  ToolResult unknownTool(ToolCall call, List<Tool> all) {
    return refused(call, CallGate.UNKNOWN_TOOL, ArgumentCheck.unknownTool(call.tool(), all));
  }

  /// Answers and records a call with wrong arguments.
  ToolResult badArguments(ToolCall call, String text) {
    return refused(call, CallGate.BAD_ARGUMENTS, text);
  }

  private ToolResult refused(ToolCall call, String by, String text) {
    return in(trail.nowhere())
        .calls()
        .refuse(
            call,
            new CallGate.Verdict.Refused(
                "", Optional.empty(), by, text, ToolResult.Status.INVALID));
  }

  /// Closes the open ports and terminals, stops the running commands and closes the connection.
  /// Never throws.
  void close() {
    ports.close();
    terminals.close();
    sandbox.close();
  }
}
