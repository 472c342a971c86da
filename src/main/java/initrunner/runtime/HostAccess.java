package initrunner.runtime;

import initrunner.audit.AuditException;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.Role;
import initrunner.role.tools.FilesystemSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.runtime.gate.CallGate;
import initrunner.runtime.output.RedactedSink;
import initrunner.text.PackagedText;
import initrunner.tool.Plan;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.files.HostFileTool;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// A role's shell and files for a program that has tools of its own: processes whose output it gets
/// as it comes, and files as bytes. The role's tools `shell` and `filesystem` judge each call by
/// their rules and lists, and each call is recorded.
///
/// Safe for any number of threads.
public final class HostAccess {

  /// The tool that starts processes.
  public static final String PROCESS = "run_shell";

  private static final Limits PLACE_LIMITS = Limits.timeout(Duration.ofSeconds(10));
  private static final int MOST_PLACE_BYTES = 16 * 1024;
  private static final int MOST_COMPLAINT_BYTES = 2000;

  private static final Command WHERE =
      Command.of("sh", "-c", PackagedText.read(HostAccess.class, "host_place.sh"));

  private final Role role;
  private final RecordedCommands commands;
  private final ReentrantLock lock = new ReentrantLock();

  /// Guarded by the lock.
  private Optional<Known> known = Optional.empty();

  private record Known(Place place, CallGate gate) {}

  /// Where commands start, as the host says.
  ///
  /// @param directory the physical absolute path
  /// @param shell the login shell; empty if there is none
  public record Place(String directory, String shell) {}

  HostAccess(Role role, RecordedCommands commands) {
    this.role = role;
    this.commands = commands;
  }

  /// The decision about a call.
  public sealed interface Permit {

    /// It may be made, after a person's approval if it needs one.
    final class Ready implements Permit {

      private final ToolCall call;
      private final CallGate.Verdict.Ready verdict;

      private Ready(ToolCall call, CallGate.Verdict.Ready verdict) {
        this.call = call;
        this.verdict = verdict;
      }

      public ToolCall call() {
        return call;
      }

      /// Whether a person must approve it.
      public boolean needsApproval() {
        return verdict.approval() == Approval.REQUIRED;
      }

      private Plan.Run plan(Role role) {
        return switch (verdict.plan()) {
          case Plan.Run run -> run.within(role.execution().toolTimeout());
          case Plan.Moved _,
              Plan.Beside _,
              Plan.Started _,
              Plan.Looked _,
              Plan.AtTerminal _,
              Plan.Answered _ ->
              throw new IllegalStateException("not a command: " + call.tool());
        };
      }

      private RecordedCall recorded(Plan.Run plan) {
        return RecordedCall.of(call, verdict.tool(), plan.command().argv().getFirst());
      }
    }

    /// It may not be made. That is recorded.
    ///
    /// @param reason for the program and its model
    record Refused(String reason) implements Permit {}
  }

  /// What came of an operation on files.
  ///
  /// @param output the standard output of its script
  /// @param isWhole whether that is all of it
  /// @param complaint the standard error of its script
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record FileAnswer(Ended ended, byte[] output, boolean isWhole, String complaint) {}

  /// The host's name for a person.
  public String host() {
    return commands.sandbox().place().name();
  }

  /// Where commands start. The first call asks the host, with one recorded command, and blocks for
  /// its answer, at most ten seconds; a call after a failure asks again.
  ///
  /// @throws TransportException if the host does not say
  /// @throws LauncherUnavailableException if the host cannot start commands as the role wants
  /// @throws InterruptedException if this thread is interrupted before there is an answer
  public Place place() throws InterruptedException {
    return known().place();
  }

  private Known known() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (known.isEmpty()) {
        Place place = askPlace();
        known = Optional.of(new Known(place, gate(place)));
      }
      return known.get();
    } finally {
      lock.unlock();
    }
  }

  private Place askPlace() throws InterruptedException {
    Captured answer = new Captured(MOST_PLACE_BYTES);
    RecordedCall recorded = RecordedCall.of(WHERE.argv(), Optional.of(RoleRuntime.FACTS_TOOL));
    Outcome outcome = commands.run(WHERE, PLACE_LIMITS, answer, recorded);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    String[] parts = answer.stdoutText().split("\0", -1);
    boolean isWhole = outcome.ended().equals(new Ended.Exited(0)) && parts.length == 3;
    if (!isWhole || !parts[0].startsWith("/")) {
      throw new TransportException(
          TransportException.Kind.COMMAND_INVALID,
          host(),
          host() + " does not say in which directory commands start",
          "See what this prints: initrunner doctor --host " + host());
    }
    return new Place(parts[0], parts[1]);
  }

  /// Processes may start below the role's directory, and where its files are.
  private CallGate gate(Place place) {
    List<String> starts =
        Stream.concat(
                Stream.concat(
                    Stream.of(place.directory()), commands.sandbox().place().directory().stream()),
                role.tools().stream()
                    .map(ToolGrant::tool)
                    .filter(FilesystemSettings.class::isInstance)
                    .map(tool -> ((FilesystemSettings) tool).rootPath()))
            .filter(path -> path.startsWith("/"))
            .distinct()
            .toList();
    return new CallGate(
        role.tools().stream()
            .flatMap(grant ->
                RoleTools.forPrograms(grant, commands.sandbox().place(), starts, place.directory())
                    .stream()
                    .map(tool -> new CallGate.Granted(tool, grant)))
            .toList());
  }

  /// Decides about a call, and records a refusal. Blocks as [#place] does.
  public Permit permit(ToolCall call) throws InterruptedException {
    return switch (known().gate().judge(call)) {
      case CallGate.Verdict.Ready ready -> new Permit.Ready(call, ready);
      case CallGate.Verdict.Refused refused -> {
        new CallRecord(
                commands.trail(), RecordedCall.of(call, refused).redacted(commands.secrets()))
            .end(new CallRecord.End.Refused(refused.by()));
        yield new Permit.Refused(lacking(call.tool()).orElse(refused.reason()));
      }
    };
  }

  /// Which part of the role is missing for a call of this tool; empty if none is.
  private Optional<String> lacking(String tool) throws InterruptedException {
    List<String> names = known().gate().tools().stream().map(Tool::name).toList();
    if (names.contains(tool)) {
      return Optional.empty();
    }
    boolean reads = names.contains(HostFileTool.Function.READ.tool());
    String type = tool.equals(PROCESS) ? "shell" : "filesystem";
    return Optional.of(
        reads && type.equals("filesystem")
            ? "Error: the role lets files be read only (its tool filesystem has read_only: true)."
            : "Error: the role has no tool '" + type + "'.");
  }

  /// Records that a call is not made although the role permits it.
  ///
  /// @param by who refused it, in one word
  public void refuse(Permit.Ready permit, String by) {
    CallRecord.of(
            commands.trail(), permit.call(), permit.verdict, Optional.empty(), commands.secrets())
        .end(new CallRecord.End.Refused(by));
  }

  /// Runs a process to its end; the caller has a person's approval if the permit needs one. Blocks
  /// until it is over; answers an interrupt by stopping it, with the interrupt flag set again.
  ///
  /// @param environment added to its environment; variables with the names of secrets are dropped
  /// @param sink takes the output as it arrives, on this thread, without the role's secrets
  /// @throws TransportException if nothing was started because the host cannot run it
  /// @throws LauncherUnavailableException if nothing was started because the launcher cannot start
  ///   it
  /// @throws AuditException if nothing was started because its start could not be recorded
  public Outcome run(Permit.Ready permit, Map<String, String> environment, Stdin stdin, Sink sink) {
    Plan.Run plan = permit.plan(role);
    Command command = plan.command().withEnvironment(environment).withStdin(stdin);
    RedactedSink redacted = new RedactedSink(sink, commands.secrets());
    Outcome outcome = commands.run(command, plan.limits(), redacted, permit.recorded(plan));
    redacted.finish();
    return outcome;
  }

  /// Makes an operation on files; approvals, blocking and exceptions are as for [#run].
  public FileAnswer file(Permit.Ready permit) {
    Plan.Run plan = permit.plan(role);
    WholeOutput output = new WholeOutput(plan.maxOutputBytes(), MOST_COMPLAINT_BYTES);
    Outcome outcome = commands.run(plan.command(), plan.limits(), output, permit.recorded(plan));
    return new FileAnswer(
        outcome.ended(),
        output.stdout(),
        output.isWhole() && outcome.output() == OutputEnd.COMPLETE,
        commands.secrets().redacted(output.stderr()));
  }

  /// Keeps standard output as bytes, up to a bound, and the ends of standard error. One thread
  /// writes; read it after the call.
  private static final class WholeOutput implements Sink {

    private final int mostBytes;
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final Captured complaints;
    private boolean isWhole = true;

    WholeOutput(int mostBytes, int mostComplaintBytes) {
      this.mostBytes = mostBytes;
      this.complaints = new Captured(mostComplaintBytes);
    }

    @Override
    public void stdout(ByteBuffer bytes) {
      int kept = Math.min(bytes.remaining(), mostBytes - stdout.size());
      isWhole &= kept == bytes.remaining();
      byte[] part = new byte[kept];
      bytes.get(part);
      stdout.writeBytes(part);
      bytes.position(bytes.limit());
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      complaints.stderr(bytes);
    }

    byte[] stdout() {
      return stdout.toByteArray();
    }

    String stderr() {
      return complaints.stderrText();
    }

    /// Whether all of standard output was kept.
    boolean isWhole() {
      return isWhole;
    }
  }
}
