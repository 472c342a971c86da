package initrunner.runtime;

import initrunner.audit.AuditException;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import initrunner.audit.Retention;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import initrunner.exec.transport.PortAddress;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.Role;
import initrunner.role.Security.RecordedContents;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.runtime.confine.OwnFiles;
import initrunner.runtime.confine.WritableDirectories;
import initrunner.runtime.mounts.TransferRecorder;
import initrunner.runtime.moved.FileMoves;
import initrunner.runtime.ports.PortCalls;
import initrunner.runtime.terminals.SecretPerson;
import initrunner.runtime.terminals.TerminalCalls;
import initrunner.text.SecretValues;
import initrunner.tool.CallEnd;
import initrunner.tool.PersonsDecision;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.transfer.tree.TransferException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// A role at work: its tools, their sandbox, and the audit log of their calls.
///
/// Safe for any number of threads; calls do not wait for each other here. Every call writes its
/// rows: `sandbox.start` before anything is sent, unless it was refused before that, and
/// `sandbox.exec` after its end, for every end. A call whose start cannot be recorded is not made.
public final class RoleRuntime implements AutoCloseable {

  static final String FACTS_TOOL = "facts";
  private static final int MOST_ROWS = 1000;

  private final Role role;
  private final Sandbox sandbox;
  private final CallGate gate;
  private final CallRecord.Trail trail;
  private final RecordedCommands commands;
  private final Optional<FileMoves> moves;
  private final PortCalls ports;
  private final TerminalCalls terminals;
  private final Optional<SecretPerson> person;
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
    this.moves = FileMoves.of(role, System.getenv());
    this.ports = new PortCalls(sandbox.ports());
    this.terminals = new TerminalCalls(AuditLocation.home(System.getenv()).resolve("terminals"));
    this.person = Optional.empty();
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
    this(other, commands, watcher, other.person);
  }

  private RoleRuntime(
      RoleRuntime other,
      RecordedCommands commands,
      OutputWatcher watcher,
      Optional<SecretPerson> person) {
    this.role = other.role;
    this.sandbox = other.sandbox;
    this.gate = other.gate;
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
    RecordedContents recorded = role.security().recorded();
    audit.ifPresent(store ->
        store.keep(
            new Retention.OfRole(
                role.metadata().name(), recorded.retentionDays(), recorded.maxRecords())));
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

  /// The same, with a person who answers where a program in a terminal asks for a password. Close
  /// only one of them.
  public RoleRuntime asking(SecretPerson person) {
    return new RoleRuntime(this, commands, watcher, Optional.of(person));
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

  /// The same for commands that another program asks for. Close only one of them.
  ///
  /// @param client the program, written into every row
  public RoleRuntime askedBy(String client) {
    return new RoleRuntime(this, commands.in(trail.askedBy(client)), watcher);
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

  /// The jobs on the role's host, for a person. It shares this sandbox and connection.
  public HostJobs jobs() {
    return new HostJobs(sandbox, commands, RoleTools.jobLimits(role));
  }

  /// Moves files between this machine and the role's host. It shares this sandbox and connection.
  /// Blocks for `ssh -G`, ten seconds at most.
  ///
  /// @param home the user's directory, in which the states of last exchanges are kept
  /// @throws TransferException if the role's tools run on this machine
  public FileTransfers transfers(Path home) {
    return FileTransfers.of(sandbox, trail, RoleHost.reachedAs(role), home.resolve("exchanges"));
  }

  /// Opens a port of the host to this machine's programs, for a person's own use, until this thread
  /// is interrupted, whose flag stays set.
  ///
  /// @param local the port of this machine, 0 for any that is free; where it is empty, the same
  ///   number if that can be had
  /// @param told gets the port once it is open, on this thread
  /// @throws TransportException if it cannot be opened
  /// @throws AuditException if it was not, because its start could not be recorded
  public Outcome forward(PortAddress to, OptionalInt local, Consumer<PortCalls.Forwarded> told) {
    RecordedCall recorded =
        RecordedCall.of(List.of("forward", to.toString()), Optional.of("ports"));
    return commands.record(recorded, Sink.DISCARD, _ -> ports.forward(to, local, told));
  }

  /// Connects, where there is a connection to make, and proves that commands can run and have a
  /// directory to start in. Blocks. Optional: calls connect by themselves.
  ///
  /// @throws TransportException if commands cannot run, with the reason and the next step
  /// @throws LauncherUnavailableException if the host cannot start them as the role wants
  /// @throws TransferException if the [#after] beginning fails
  public void preflight() {
    commands.first().run();
    try {
      sandbox.open();
    } finally {
      RecordedCommands.recordAsked(sandbox, trail);
    }
  }

  /// Whether the host was logged in to, where there is a login. Does not block.
  public boolean isConnected() {
    return sandbox.transport().isConnected();
  }

  /// What is done at the moment so that commands can start, for a person; empty where no command
  /// waits for that.
  public Optional<String> preparing() {
    return sandbox.preparing();
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
    return calls().answer(call, Optional.empty());
  }

  /// As [#callApproved], with the end of its command.
  public CallEnd madeApproved(ToolCall call, PersonsDecision decision) {
    return calls().answer(call, Optional.of(decision));
  }

  /// Answers and records a call that a person denied. Nothing is started.
  public ToolResult deny(ToolCall call, PersonsDecision decision) {
    return calls().deny(call, decision);
  }

  private RoleCalls calls() {
    return new RoleCalls(role, sandbox, gate, commands, moves, ports, terminals, person, watcher);
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

  /// The text without the role's secrets and without text of a secret's shape.
  public String redacted(String text) {
    return secrets.redacted(text);
  }

  /// Up to which position a text that continues can be [#redacted] now.
  public int settled(String text) {
    return secrets.settled(text);
  }

  /// Closes the open ports and terminals, stops the running commands and closes the connection.
  /// Never throws.
  @Override
  public void close() {
    ports.close();
    terminals.close();
    sandbox.close();
  }

  private static System.Logger log() {
    return System.getLogger(RoleRuntime.class.getName());
  }
}
