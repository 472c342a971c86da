package initrunner;

import initrunner.agent.ToolBridge;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.audit.Retention;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.RemedyException;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.model.ToolRequest;
import initrunner.role.file.RoleEnvironment;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.run.RunOrder;
import initrunner.runtime.RoleRuntime;
import initrunner.tool.PersonsDecision;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Where a role's commands run: this machine or another one over the user's own OpenSSH, plain or
/// contained. Each call leaves its rows in the user's audit log, as `initrunner exec` does.
///
/// Safe for any number of threads: calls share one connection and do not wait for each other. To
/// cancel a call, interrupt its thread: the command is stopped, and [initrunner.exec.Ended] says
/// whether that is proven.
public final class Sandbox implements AutoCloseable {

  private final RoleRuntime runtime;
  private final LibraryCalls calls;

  private Sandbox(AuditStore audit, RoleRuntime runtime) {
    this.runtime = runtime;
    this.calls = new LibraryCalls("sandbox", () -> release(audit));
  }

  /// The sandbox of a role. Connects, and makes sure that commands can be started there as the role
  /// wants it. Blocks for that.
  ///
  /// @throws RemedyException if they cannot, or the audit log cannot be opened
  public static Sandbox open(Role role) {
    Objects.requireNonNull(role, "Sandbox.open: role is null");
    AuditLocation place = AuditLocation.of(role.process(), Optional.empty());
    AuditStore audit =
        AuditStore.open(
            place.database(), ChainKey.of(role.process(), place), Retention.of(role.process()));
    RoleSource source = role.source();
    try {
      return new Sandbox(
          audit,
          connected(
              RoleRuntime.open(
                      source.role(),
                      source.environment().values(),
                      Optional.of(audit),
                      RunOrder.newRunId())
                  .through(RunOrder.Caller.LIBRARY.door())));
    } catch (RuntimeException e) {
      audit.close();
      throw e;
    }
  }

  private void release(AuditStore audit) {
    try (audit) {
      runtime.close();
    }
  }

  private static RoleRuntime connected(RoleRuntime runtime) {
    try {
      runtime.preflight();
      return runtime;
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
  }

  /// Commands on a host, started as they are. Connects. Blocks for that.
  ///
  /// @param host an alias of `~/.ssh/config`, or `user@hostname`
  /// @throws IllegalArgumentException if the host is empty, begins with `-`, or has a blank or an
  ///   invisible character in it
  /// @throws RemedyException if the host cannot be reached, or the audit log cannot be opened
  public static Sandbox ssh(String host) {
    Objects.requireNonNull(host, "Sandbox.ssh: host is null");
    Map<String, String> process = System.getenv();
    return open(
        Role.of(
            new RoleSource(
                new HostRole(RunOrder.Caller.LIBRARY.door(), "the host").of(host, Optional.empty()),
                "",
                RoleEnvironment.ofProcess(process)),
            process));
  }

  /// Runs one command to its end. Blocks; an interrupt stops the command, and the thread is still
  /// interrupted when this returns. Where the thread is interrupted already, nothing is started and
  /// no row is written.
  ///
  /// A variable whose name says that it holds a secret, as `MY_TOKEN`, is not handed to the
  /// command; the role's `secret_env` names those that are.
  ///
  /// @param command without secrets of its own
  /// @param sink takes the output as it comes, on this thread; a sink that blocks slows the
  ///   command, one that throws ends it, and its exception is thrown here; a checked one that it
  ///   did not declare is the cause of an [java.lang.reflect.UndeclaredThrowableException]
  /// @throws RemedyException if nothing was started
  /// @throws IllegalStateException if this is closed
  /// @throws java.io.UncheckedIOException if the input of the command cannot be read
  public Outcome run(Command command, Limits limits, Sink sink) {
    Objects.requireNonNull(command, "Sandbox.run: command is null");
    Objects.requireNonNull(limits, "Sandbox.run: limits is null");
    Objects.requireNonNull(sink, "Sandbox.run: sink is null");
    if (!command.secrets().names().isEmpty()) {
      throw new IllegalArgumentException(
          "the command has secrets of its own; the role's secret_env names those that it gets");
    }
    if (Thread.currentThread().isInterrupted()) {
      return new Outcome(new Ended.Cancelled(Stop.STOPPED), OutputEnd.COMPLETE, Duration.ZERO);
    }
    return calls.make(() -> runtime.exec(command, limits, during(sink)));
  }

  private Sink during(Sink sink) {
    return new Sink() {
      @Override
      public void stdout(ByteBuffer bytes) {
        calls.during(() -> sink.stdout(bytes));
      }

      @Override
      public void stderr(ByteBuffer bytes) {
        calls.during(() -> sink.stderr(bytes));
      }
    };
  }

  /// Where commands run, for a person: the host as the role names it, or `this machine`.
  public String host() {
    return runtime.place();
  }

  /// The role's tools, for an agent that is not ours. The role's rules about them hold.
  public List<Tool> tools() {
    return runtime.tools().stream().map(tool -> new Tool(this, tool)).toList();
  }

  /// Interrupts the calls that go on, which stops their commands, waits for their ends, 60 seconds
  /// at most, and ends the connection. From inside a call, as from its sink, it does not wait: the
  /// end of that call does the rest. Never throws.
  @Override
  public void close() {
    calls.close();
  }

  /// One tool of a role. Safe for any number of threads.
  public static final class Tool {

    private final Sandbox sandbox;
    private final initrunner.tool.Tool tool;

    private Tool(Sandbox sandbox, initrunner.tool.Tool tool) {
      this.sandbox = sandbox;
      this.tool = tool;
    }

    /// The name under which a model calls it.
    public String name() {
      return tool.name();
    }

    /// What it does, for a model.
    public String description() {
      return tool.description();
    }

    /// What it takes, in the order in which a model sees it.
    public List<Parameter> parameters() {
      return tool.parameters().stream()
          .map(each ->
              new Parameter(
                  each.name(),
                  each.kind().name().toLowerCase(Locale.ROOT),
                  each.description(),
                  each.required()))
          .toList();
    }

    /// Makes a call. Blocks until its command is over; an interrupt stops it. A call for which the
    /// role wants a person's yes is refused; [#callApproved] makes it.
    ///
    /// @param id the model's own id of the call
    /// @param arguments a JSON object, as the model wrote it
    public Answer call(String id, String arguments) {
      Objects.requireNonNull(id, "Sandbox.Tool.call: id is null");
      Objects.requireNonNull(arguments, "Sandbox.Tool.call: arguments is null");
      return answer(id, arguments, sandbox.runtime::call);
    }

    /// As [#call], for a call to which a person said yes.
    public Answer callApproved(String id, String arguments) {
      Objects.requireNonNull(id, "Sandbox.Tool.callApproved: id is null");
      Objects.requireNonNull(arguments, "Sandbox.Tool.callApproved: arguments is null");
      return answer(
          id,
          arguments,
          call -> sandbox.runtime.callApproved(call, PersonsDecision.now("program")));
    }

    /// Whether the role wants a person's yes before this call is made.
    public boolean needsApproval(String arguments) {
      Objects.requireNonNull(arguments, "Sandbox.Tool.needsApproval: arguments is null");
      return ToolBridge.bridge(new ToolRequest("", tool.name(), arguments))
              instanceof ToolBridge.Bridged.Call(ToolCall call)
          && sandbox.runtime.needsApproval(call);
    }

    private Answer answer(String id, String arguments, Function<ToolCall, ToolResult> way) {
      return switch (ToolBridge.bridge(new ToolRequest(id, tool.name(), arguments))) {
        case ToolBridge.Bridged.Malformed(String reason) ->
            new Answer(reason, ToolResult.Status.INVALID);
        case ToolBridge.Bridged.Call(ToolCall call) ->
            new Answer(sandbox.calls.make(() -> way.apply(call)));
      };
    }
  }

  /// What a tool takes.
  ///
  /// @param type of JSON: `string`, `integer` or `boolean`
  public record Parameter(String name, String type, String description, boolean required) {}

  /// What came of a tool call.
  ///
  /// @param text for the model: bounded, and without known secrets
  /// @param status `succeeded`, `failed`, `timed_out`, `cancelled`, `lost`, or where nothing was
  ///   started `refused`, `denied` (by a person), `invalid`, `not_started`
  public record Answer(String text, String status) {

    Answer(ToolResult result) {
      this(result.text(), result.status());
    }

    Answer(String text, ToolResult.Status status) {
      this(text, status.name().toLowerCase(Locale.ROOT));
    }
  }
}
