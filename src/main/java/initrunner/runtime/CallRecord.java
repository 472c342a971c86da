package initrunner.runtime;

import initrunner.audit.AuditEvent;
import initrunner.audit.AuditException;
import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.exec.RemedyException;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.transport.ShellStatus;
import initrunner.runtime.confine.SandboxHost;
import initrunner.runtime.gate.CallGate;
import initrunner.runtime.jobs.JobRows;
import initrunner.runtime.output.CountingSink;
import initrunner.text.SecretValues;
import initrunner.text.Timestamps;
import initrunner.tool.PersonsDecision;
import initrunner.tool.Plan;
import initrunner.tool.ShellInput;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Writes the rows of one call: `sandbox.start` before anything is sent, and `sandbox.exec` after
/// the end, for every end. They hold the first word of the command and digests; its arguments only
/// with the role's consent; its environment and output never. For one thread.
final class CallRecord {

  /// A person said no.
  static final String DENIED = "denied";

  /// What all rows of one runtime share.
  ///
  /// @param store empty for no audit log
  /// @param secrets the names of the secrets that each command gets
  /// @param kept what of a call's arguments and output is recorded
  record Trail(
      Optional<AuditStore> store,
      String agentName,
      SandboxHost place,
      Set<String> secrets,
      RecordedContent kept,
      Asked asked) {

    /// The same for another run.
    Trail of(String otherRunId) {
      return with(new Asked(otherRunId, asked.door(), asked.client()));
    }

    /// The same for calls that come through this door.
    Trail through(String door) {
      return with(new Asked(asked.runId(), Optional.of(door), asked.client()));
    }

    /// The same for another program's calls.
    Trail askedBy(String program) {
      return with(new Asked(asked.runId(), asked.door(), Optional.of(program)));
    }

    /// What records jobs; empty where nothing is recorded.
    Optional<JobRows> jobs(SecretValues hidden) {
      SequencedMap<String, String> details = new LinkedHashMap<>();
      asked.put(details);
      return store.map(log -> new JobRows(log, agentName, place, hidden, details));
    }

    /// Records what is no call. A row that cannot be written is only logged: it stops nothing.
    void note(String type, SequencedMap<String, String> what) {
      SequencedMap<String, String> details = place.details();
      details.putAll(what);
      asked.put(details);
      try {
        store.ifPresent(log -> log.append(new AuditEvent(Instant.now(), type, agentName, details)));
      } catch (AuditException e) {
        System.getLogger(CallRecord.class.getName())
            .log(Level.ERROR, "A row {0} is not written: {1}", type, e.getMessage());
      }
    }

    /// The same for a call that no sandbox gets.
    Trail nowhere() {
      return new Trail(store, agentName, SandboxHost.NOWHERE, secrets, kept, asked);
    }

    private Trail with(Asked other) {
      return new Trail(store, agentName, place, secrets, kept, other);
    }

    String runId() {
      return asked.runId();
    }

    /// The rows of this run, in the order of recording; of more than `most` rows of the agent, the
    /// newest.
    ///
    /// @throws AuditException if they cannot be read
    List<AuditQuery.Event> rows(Instant since, int most) {
      String ours = " run=" + asked.runId() + " ";
      return store
          .map(AuditStore::database)
          .filter(Files::exists)
          .map(database ->
              new AuditQuery(Optional.empty(), Optional.of(agentName), Optional.of(since), most)
                  .run(database).reversed().stream()
                      .filter(row -> row.details().contains(ours))
                      .toList())
          .orElse(List.of());
    }
  }

  /// Who asks for the calls.
  ///
  /// @param door the way in, as `exec`
  /// @param client the program that asks; empty if it is this one
  record Asked(String runId, Optional<String> door, Optional<String> client) {

    void put(SequencedMap<String, String> details) {
      door.ifPresent(word -> details.put("door", word));
      client.ifPresent(program -> details.put("client", program));
      details.put("run", runId);
    }
  }

  /// How a call ended, for the audit log.
  sealed interface End {

    /// The command was started.
    ///
    /// @param launcher its name; empty for a plain start
    record Ran(Outcome outcome, Optional<String> launcher, CountingSink output) implements End {}

    /// Nothing was started.
    ///
    /// @param reason in one word
    record NotStarted(String reason) implements End {

      /// A login that a stop has ended is no failure of the host.
      static NotStarted of(RemedyException nothingStarted) {
        return new NotStarted(
            Thread.currentThread().isInterrupted() ? "cancelled" : kind(nothingStarted));
      }

      private static String kind(RemedyException nothingStarted) {
        return nothingStarted instanceof TransportException refusal
            ? lowerCase(refusal.kind())
            : "sandbox_unavailable";
      }
    }

    /// InitRunner answered itself; no command was needed.
    record Answered(ToolResult.Status status) implements End {}

    /// The call was refused before its start.
    ///
    /// @param by the check that refused it, such as `policy`
    record Refused(String by) implements End {}

    /// The sink of its output threw, so the command was stopped.
    record Aborted(long stdoutBytes, long stderrBytes) implements End {}
  }

  private final Trail trail;
  private final RecordedCall call;
  private final Optional<CommandDigest> digest;
  private final String callId = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  private final long begin = System.nanoTime();
  private boolean isDenied;

  /// A row for a command that may be started.
  CallRecord(Trail trail, RecordedCall call, CommandDigest digest) {
    this(trail, call, Optional.of(digest));
  }

  /// A row for a call without a command.
  CallRecord(Trail trail, RecordedCall call) {
    this(trail, call, Optional.empty());
  }

  /// A row for a model's call that may be made.
  static CallRecord of(
      Trail trail,
      ToolCall call,
      CallGate.Verdict.Ready ready,
      Optional<PersonsDecision> decision,
      SecretValues secrets) {
    return new CallRecord(
        trail,
        RecordedCall.of(call, ready.tool(), program(ready)).decided(decision).redacted(secrets),
        ready.plan() instanceof Plan.Run run
            ? Optional.of(new CommandDigest(run.command()))
            : Optional.empty());
  }

  /// The first word of what a call runs.
  static String program(CallGate.Verdict.Ready ready) {
    return switch (ready.plan()) {
      case Plan.Run run -> run.command().argv().getFirst();
      case Plan.Started started -> started.command().argv().getFirst();
      case Plan.TerminalOpened opened -> opened.command().argv().getFirst();
      case Plan.Moved _, Plan.Beside _ -> ShellInput.PROGRAM;
      case Plan.Looked _, Plan.AtTerminal _, Plan.Answered _ -> ready.tool().name();
    };
  }

  private CallRecord(Trail trail, RecordedCall call, Optional<CommandDigest> digest) {
    this.trail = trail;
    this.call = call;
    this.digest = digest;
  }

  /// A first word that is an assignment may hold a secret.
  private static String withoutValue(String argv0) {
    int equals = Math.max(0, argv0.indexOf('='));
    return Command.isVariableName(argv0.substring(0, equals))
        ? argv0.substring(0, equals + 1)
        : argv0;
  }

  /// The id that names the call here and on the host.
  String callId() {
    return callId;
  }

  /// @throws AuditException if the row cannot be written: then the call must not be made
  void start() {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    putHost(details);
    putLinks(details);
    if (!trail.secrets().isEmpty()) {
      details.put("secret_env", String.join(",", trail.secrets()));
    }
    putWhat(details);
    append("sandbox.start", details);
  }

  /// The command has ended by now, so a row that cannot be written is only logged.
  void end(End end) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    switch (end) {
      case End.Ran ran -> {
        putHost(details);
        putEnd(details, ran.outcome().ended(), ran.outcome().elapsed());
        putLinks(details);
        ran.launcher().ifPresent(name -> details.put("launcher", name));
        putTraffic(details, ran.output().stdoutBytes(), ran.output().stderrBytes());
        ran.output().kept().ifPresent(output -> trail.kept().putOutput(details, output));
      }
      case End.Answered(ToolResult.Status status) -> {
        putWhere(details, SandboxHost.NOWHERE);
        int exitStatus = status == ToolResult.Status.SUCCEEDED ? 0 : 1;
        putEnd(details, exitStatus, sinceBegin(), "answered");
        putLinks(details);
      }
      case End.NotStarted(String reason) ->
          putUnstarted(details, ShellStatus.NOT_RUN, "not_started", reason);
      case End.Refused(String by) -> {
        isDenied = by.equals(DENIED);
        putUnstarted(details, ShellStatus.REFUSED, "refused", by);
      }
      case End.Aborted(long stdoutBytes, long stderrBytes) -> {
        putHost(details);
        putEnd(details, new Ended.Cancelled(Stop.UNKNOWN), sinceBegin());
        details.put("reason", "output_failed");
        putLinks(details);
        putTraffic(details, stdoutBytes, stderrBytes);
      }
    }
    putWhat(details);
    try {
      append("sandbox.exec", details);
    } catch (AuditException e) {
      System.getLogger(CallRecord.class.getName())
          .log(Level.ERROR, "The end of call {0} is not recorded: {1}", callId, e.getMessage());
    }
  }

  private void append(String type, SequencedMap<String, String> details) {
    trail
        .store()
        .ifPresent(
            store -> store.append(new AuditEvent(Instant.now(), type, trail.agentName(), details)));
  }

  private void putHost(SequencedMap<String, String> details) {
    putWhere(details, trail.place());
  }

  private void putWhere(SequencedMap<String, String> details, SandboxHost place) {
    details.putAll(place.details());
    details.put("argv0", withoutValue(call.program()));
  }

  private void putUnstarted(
      SequencedMap<String, String> details, int status, String ended, String reason) {
    putHost(details);
    putEnd(details, status, sinceBegin(), ended);
    details.put("reason", reason);
    putLinks(details);
  }

  private static void putEnd(SequencedMap<String, String> details, Ended ended, Duration elapsed) {
    int status = ShellStatus.of(ended);
    switch (ended) {
      case Ended.Exited _ -> putEnd(details, status, elapsed, "exited");
      case Ended.OutOfMemory _ -> putEnd(details, status, elapsed, "out_of_memory");
      case Ended.Signaled(String name) -> {
        putEnd(details, status, elapsed, "signaled");
        details.put("signal", name);
      }
      case Ended.TimedOut(Stop stop) -> {
        putEnd(details, status, elapsed, "timed_out");
        details.put("stop", lowerCase(stop));
      }
      case Ended.Cancelled(Stop stop) -> {
        putEnd(details, status, elapsed, "cancelled");
        details.put("stop", lowerCase(stop));
      }
      case Ended.Lost _ -> putEnd(details, status, elapsed, "lost");
    }
  }

  private static void putEnd(
      SequencedMap<String, String> details, int status, Duration elapsed, String ended) {
    details.put("rc", Integer.toString(status));
    details.put("duration_ms", Long.toString(Math.round(elapsed.toNanos() / 1e6)));
    details.put("ended", ended);
  }

  private void putLinks(SequencedMap<String, String> details) {
    call.tool().ifPresent(type -> details.put("tool", type));
    trail.asked().put(details);
    details.put("call", callId);
    call.decision().ifPresent(decision -> put(details, decision));
  }

  private void put(SequencedMap<String, String> details, PersonsDecision decision) {
    details.put("decision", isDenied ? "denied" : "approved");
    details.put("decided_by", PersonsDecision.person());
    details.put("decided_with", decision.means());
    details.put("decided_at", Timestamps.format(decision.at()));
  }

  private void putTraffic(
      SequencedMap<String, String> details, long stdoutBytes, long stderrBytes) {
    details.put("stdout_bytes", Long.toString(stdoutBytes));
    details.put("stderr_bytes", Long.toString(stderrBytes));
    digest.flatMap(CommandDigest::input).ifPresent(sha256 -> details.put("input_sha256", sha256));
  }

  private void putWhat(SequencedMap<String, String> details) {
    call.function().ifPresent(name -> details.put("function", name));
    call.request().ifPresent(id -> details.put("request", id));
    digest.ifPresent(sha256 -> details.put("argv_sha256", sha256.argv()));
    trail
        .kept()
        .arguments(call.arguments())
        .ifPresent(arguments -> details.put(AuditEvent.ARGUMENTS, arguments));
  }

  private Duration sinceBegin() {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
