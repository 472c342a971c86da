package initrunner.runtime;

import initrunner.audit.AuditException;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.runtime.output.CountingSink;
import initrunner.ssh.client.AskedLogins;
import initrunner.text.SecretValues;
import initrunner.transfer.tree.TransferException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/// Runs commands in a sandbox and records each of them: `sandbox.start` before anything is sent,
/// and `sandbox.exec` after its end. Safe for many threads.
///
/// @param secrets taken out of what is recorded
/// @param first done before each command; a command before which it fails is not started
record RecordedCommands(
    Sandbox sandbox, CallRecord.Trail trail, SecretValues secrets, Runnable first) {

  /// The same commands in another trail.
  RecordedCommands in(CallRecord.Trail other) {
    return new RecordedCommands(sandbox, other, secrets, first);
  }

  /// The same commands after another beginning.
  RecordedCommands after(Runnable other) {
    return new RecordedCommands(sandbox, trail, secrets, other);
  }

  /// The same for InitRunner's own scripts, outside of the launcher.
  RecordedCommands beside() {
    return new RecordedCommands(sandbox.beside(), trail, secrets, first);
  }

  /// Blocks until the command is over; answers an interrupt by stopping it, with the interrupt flag
  /// set again. The command does not get variables that the sandbox's filter drops.
  ///
  /// @throws TransportException if nothing was started because the host cannot run it
  /// @throws LauncherUnavailableException if nothing was started because the launcher cannot start
  ///   it
  /// @throws AuditException if nothing was started because its start could not be recorded
  /// @throws TransferException if nothing was started because files that it needs could not be
  ///   brought there
  Outcome run(Command command, Limits limits, Sink sink, RecordedCall call) {
    first.run();
    CommandDigest digest =
        new CommandDigest(
            command.withEnvironment(
                sandbox.variables().filter().filter(command.environment()).kept()));
    CallRecord record = new CallRecord(trail, call.redacted(secrets), digest);
    return recorded(
        record,
        counting(call, sink),
        counted -> runInSandbox(digest.command(), record.callId(), limits, counted));
  }

  /// Does work that is no command, and records it as a command's run is.
  ///
  /// @param sink takes what comes of it, on this thread
  /// @throws TransportException if nothing was begun because the host does not let it be done
  /// @throws AuditException if nothing was begun because its start could not be recorded
  Outcome record(RecordedCall call, Sink sink, Function<Sink, Outcome> work) {
    return recorded(
        new CallRecord(trail, call.redacted(secrets)), counting(call, sink), work::apply);
  }

  private CountingSink counting(RecordedCall call, Sink sink) {
    return switch (call.outputRecorded()) {
      case ALL -> new CountingSink(sink, trail.kept().capture());
      case OF_JOB -> CountingSink.ofJobOutput(sink, trail.kept().capture());
      case NOTHING -> new CountingSink(sink, Optional.empty());
    };
  }

  private Outcome recorded(
      CallRecord record, CountingSink counted, Function<CountingSink, Outcome> work) {
    record.start();
    Optional<CallRecord.End> end = Optional.empty();
    try {
      Outcome outcome = work.apply(counted);
      Optional<String> launcher = sandbox.launcherName().filter(name -> !name.equals("none"));
      end = Optional.of(new CallRecord.End.Ran(outcome, launcher, counted));
      return outcome;
    } catch (TransportException | LauncherUnavailableException refusal) {
      end = Optional.of(CallRecord.End.NotStarted.of(refusal));
      throw refusal;
    } finally {
      recordAsked(sandbox, trail);
      record.end(
          end.orElseGet(
              () -> new CallRecord.End.Aborted(counted.stdoutBytes(), counted.stderrBytes())));
    }
  }

  /// Records that logins have asked a person. A row that cannot be written is only logged: it stops
  /// no call.
  static void recordAsked(Sandbox sandbox, CallRecord.Trail trail) {
    for (AskedLogins.Asked asked : sandbox.asked()) {
      SequencedMap<String, String> details = new LinkedHashMap<>();
      details.put("asked", asked.isYesOrNo() ? "yes_or_no" : "secret");
      details.put("answer", asked.answer());
      details.put("duration_ms", Long.toString(asked.waited().toMillis()));
      trail.note("sandbox.login", details);
    }
  }

  private Outcome runInSandbox(Command command, String callId, Limits limits, Sink sink) {
    trail.store().ifPresent(store -> sandbox.requireOutOfReach(store.database(), command));
    Outcome outcome = sandbox.run(command, callId, limits, sink);
    System.getLogger(RoleRuntime.class.getName())
        .log(
            Level.DEBUG,
            "Call {0} on {1}: {2} after {3} ms",
            callId,
            sandbox.place().name(),
            outcome.ended(),
            outcome.elapsed().toMillis());
    return outcome;
  }
}
