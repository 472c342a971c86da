package initrunner.runtime;

import initrunner.audit.AuditException;
import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import initrunner.audit.Retention;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.Role;
import initrunner.role.Security.RecordedContents;
import initrunner.runtime.confine.OwnFiles;
import initrunner.runtime.confine.WritableDirectories;
import initrunner.runtime.output.OutputWatcher;
import initrunner.runtime.terminals.SecretPerson;
import initrunner.text.SecretValues;
import initrunner.tool.CallEnd;
import initrunner.tool.PersonsDecision;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.transfer.tree.TransferException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// A role at work: its tools, their sandbox, and the audit log of their calls.
///
/// Safe for any number of threads; calls do not wait for each other here. Every call writes its
/// rows: `sandbox.start` before anything is sent, unless it was refused before that, and
/// `sandbox.exec` after its end, for every end. A call whose start cannot be recorded is not made.
public final class RoleRuntime implements AutoCloseable {

  static final String FACTS_TOOL = "facts";
  private static final int MOST_ROWS = 1000;

  private final SandboxAtWork first;
  private final Optional<SeveralSandboxes> several;

  private RoleRuntime(SandboxAtWork only) {
    this.first = only;
    this.several = Optional.empty();
  }

  private RoleRuntime(SeveralSandboxes all) {
    this.first = all.byDefault();
    this.several = Optional.of(all);
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
    return open(role, one -> Sandbox.of(one, System.getenv(), secrets), audit, runId);
  }

  /// As [#open(Role, Optional, String)], with other sandboxes, which are closed with this.
  ///
  /// @param opening makes the sandbox of a role that has one
  public static RoleRuntime open(
      Role role, Function<Role, Sandbox> opening, Optional<AuditStore> audit, String runId) {
    if (role.sandboxNames().isEmpty()) {
      return open(role, opening.apply(role), audit, runId);
    }
    SequencedMap<String, Sandbox> sandboxes = new LinkedHashMap<>();
    try {
      role.sandboxNames().forEach(name -> sandboxes.put(name, opening.apply(role.at(name))));
      SecretValues secrets =
          Variables.hidden(sandboxes.values().stream().map(Sandbox::variables).toList());
      SequencedMap<String, SandboxAtWork> all = new LinkedHashMap<>();
      sandboxes.forEach(
          (name, sandbox) -> all.put(name, at(role.at(name), sandbox, secrets, audit, runId)));
      return opened(role, new RoleRuntime(new SeveralSandboxes(all)));
    } catch (RuntimeException e) {
      sandboxes.values().forEach(Sandbox::close);
      throw e;
    }
  }

  /// As [#open(Role, Optional, String)], with an existing sandbox, which is closed with this.
  ///
  /// @param sandbox the one that the role asks for, of several the default
  /// @throws LauncherUnavailableException if commands could write to the audit log
  public static RoleRuntime open(
      Role role, Sandbox sandbox, Optional<AuditStore> audit, String runId) {
    return opened(
        role, new RoleRuntime(at(role, sandbox, sandbox.variables().hidden(), audit, runId)));
  }

  private static RoleRuntime opened(Role role, RoleRuntime runtime) {
    List<SandboxAtWork> open =
        runtime.each().stream()
            .filter(one -> one.sandbox().place().backend().equals("none"))
            .filter(one -> one.tools().stream().anyMatch(Tool::runsCommands))
            .toList();
    String names =
        open.stream().flatMap(one -> one.name().stream()).collect(Collectors.joining(", "));
    if (!open.isEmpty()) {
      log()
          .log(
              Level.WARNING,
              "The tools of {0}{1} run on this machine, without isolation",
              role.metadata().name(),
              names.isEmpty() ? "" : " in " + names);
    }
    return runtime;
  }

  private Collection<SandboxAtWork> each() {
    return several.map(all -> all.all().values()).orElseGet(() -> List.of(first));
  }

  private static SandboxAtWork at(
      Role role, Sandbox sandbox, SecretValues secrets, Optional<AuditStore> audit, String runId) {
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
    return new SandboxAtWork(role, sandbox, secrets, audit, runId);
  }

  /// The same, with the way in by which its calls are asked for. Close only one of them.
  ///
  /// @param door as `exec` or `mcp`; written into every row
  public RoleRuntime through(String door) {
    return each(one -> one.through(door));
  }

  private RoleRuntime each(UnaryOperator<SandboxAtWork> change) {
    return several
        .map(all -> new RoleRuntime(all.each(change)))
        .orElseGet(() -> new RoleRuntime(change.apply(first)));
  }

  /// The same, with a person who answers where a program in a terminal asks for a password. Close
  /// only one of them.
  public RoleRuntime withPerson(SecretPerson person) {
    return each(one -> one.withPerson(person));
  }

  /// The same tools in the same sandbox over the same connection, for another run. Close only one
  /// of them.
  ///
  /// @param runId written into every row
  /// @param watcher watches the output of tool calls
  public RoleRuntime forRun(String runId, OutputWatcher watcher) {
    return each(one -> one.in(one.trail().of(runId)).watchedBy(watcher));
  }

  /// The same tools, of which one sandbox needs a beginning: it is made before each command there,
  /// except the question for facts, and a command before which it fails is not started. Close only
  /// one of them.
  ///
  /// @param sandbox its name; empty for one without
  /// @param beginning returns at once where all is done
  public RoleRuntime after(Optional<String> sandbox, Runnable beginning) {
    return each(one -> one.name().equals(sandbox) ? one.after(beginning) : one);
  }

  /// One of several sandboxes alone, with the tools that it has, over its connection. Close only
  /// one of them.
  ///
  /// @param sandbox one of [Role#sandboxNames]
  public RoleRuntime at(String sandbox) {
    return new RoleRuntime(Objects.requireNonNull(several.orElseThrow().all().get(sandbox)));
  }

  /// The same for commands that another program asks for. Close only one of them.
  ///
  /// @param client the program, written into every row
  public RoleRuntime askedBy(String client) {
    return each(one -> one.in(one.trail().askedBy(client)));
  }

  /// The same tools for calls that another program asks for. Close only one of them.
  ///
  /// @param client the program, written into every row
  /// @param watcher watches the output of tool calls
  public RoleRuntime asking(String client, OutputWatcher watcher) {
    return each(one -> one.in(one.trail().askedBy(client)).watchedBy(watcher));
  }

  /// What a person or another program does on the role's host itself, of several sandboxes on the
  /// default one's. It shares this sandbox and connection.
  public HostWork hostWork() {
    return first.hostWork();
  }

  /// Connects, where there is a connection to make, and proves that commands can run and have a
  /// directory to start in. Of several sandboxes, it only logs in where that may ask a person.
  /// Blocks. Optional: calls connect by themselves.
  ///
  /// @throws TransportException if commands cannot run, with the reason and the next step
  /// @throws LauncherUnavailableException if the host cannot start them as the role wants
  /// @throws TransferException if the [#after] beginning fails
  public void preflight() {
    several.ifPresentOrElse(SeveralSandboxes::preflight, first::preflight);
  }

  /// Proves that approved calls can run: as [#preflight], of several sandboxes in each in which one
  /// of them would be made with the approval. Blocks.
  ///
  /// @throws TransportException if commands cannot run there, with the reason and the next step
  /// @throws LauncherUnavailableException if a host cannot start them as the role wants
  /// @throws TransferException if the [#after] beginning fails
  public void preflight(List<ToolCall> calls) {
    if (several.isPresent()) {
      several.get().preflight(calls);
    } else if (!calls.isEmpty()) {
      first.preflight();
    }
  }

  /// Whether the host was logged in to, where there is a login. Does not block.
  public boolean isConnected() {
    return first.sandbox().transport().isConnected();
  }

  /// What is done at the moment so that commands can start, for a person; empty where no command
  /// waits for that.
  public Optional<String> preparing() {
    return several.map(SeveralSandboxes::preparing).orElseGet(first.sandbox()::preparing);
  }

  /// The tools for the model, in the role's order.
  public List<Tool> tools() {
    return several.map(SeveralSandboxes::tools).orElseGet(first::tools);
  }

  /// The host as the role names it, or `this machine`; of several sandboxes all, with their names.
  public String place() {
    return several.map(SeveralSandboxes::place).orElseGet(first::place);
  }

  /// Where a call would be made, as [#place].
  public String placeOf(ToolCall call) {
    return several.map(all -> all.placeOf(call)).orElseGet(this::place);
  }

  /// As [#placeOf], for a question about the call: of several sandboxes it says which need the
  /// answer, and where the call is made without one.
  public String askedPlaceOf(ToolCall call) {
    return several.map(all -> all.askedPlaceOf(call)).orElseGet(this::place);
  }

  /// Where commands start by default; empty means the host's default.
  public Optional<String> directory() {
    return first.sandbox().place().directory();
  }

  /// Facts that the sandbox gives about itself, as lines for a model: host, user, directory, shell
  /// and system. Empty if the role has no tools or the answer is of no use. Until there is an
  /// answer, each call runs one command, recorded as a call, and blocks for it, at most ten
  /// seconds.
  ///
  /// @throws AuditException if nothing was started because its start could not be recorded
  public Optional<String> facts() {
    return several.isPresent() ? Optional.of(several.get().facts()) : first.facts();
  }

  /// The rows of the audit log that this runtime's calls wrote, in the order of recording; of very
  /// many, the newest. Blocks for the database.
  ///
  /// @param since only rows of this time or later
  /// @throws AuditException if they cannot be read
  public List<AuditQuery.Event> recorded(Instant since) {
    return first.trail().rows(since, MOST_ROWS);
  }

  /// Whether a person is asked before each call of this tool.
  public boolean isAskedAbout(Tool tool) {
    return several.isPresent() ? several.get().isAskedAbout(tool) : first.isAskedAbout(tool);
  }

  /// Whether a person must approve this call. A call that would be refused anyway needs no
  /// approval.
  public boolean needsApproval(ToolCall call) {
    return several.isPresent() ? several.get().needsApproval(call) : first.needsApproval(call);
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
    return answered(call, new Said.Nothing());
  }

  /// As [#callApproved], with the end of its command.
  public CallEnd madeApproved(ToolCall call, PersonsDecision decision) {
    return answered(call, new Said.Yes(decision));
  }

  /// Answers and records a call that a person denied. Nothing is started, except a call for several
  /// sandboxes in those where no person is asked about it; then this blocks as [#call] does.
  public ToolResult deny(ToolCall call, PersonsDecision decision) {
    return answered(call, new Said.No(decision)).result();
  }

  private CallEnd answered(ToolCall call, Said said) {
    return several
        .map(all -> all.made(call, said))
        .orElseGet(() -> said.answer(first.calls(), call));
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
    return first
        .commands()
        .run(command, limits, sink, RecordedCall.of(command.argv(), Optional.empty()));
  }

  /// The text without the role's secrets and without text of a secret's shape.
  public String redacted(String text) {
    return first.secrets().redacted(text);
  }

  /// Up to which position a text that continues can be [#redacted] now.
  public int settled(String text) {
    return first.secrets().settled(text);
  }

  /// Closes the open ports and terminals, stops the running commands and closes the connection.
  /// Never throws.
  @Override
  public void close() {
    several.ifPresentOrElse(SeveralSandboxes::close, first::close);
  }

  private static System.Logger log() {
    return System.getLogger(RoleRuntime.class.getName());
  }
}
