package initrunner.runtime;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.ShellStatus;
import initrunner.launch.Framing;
import initrunner.launch.Launch;
import initrunner.launch.LauncherUnavailableException;
import initrunner.text.SafeText;
import java.lang.System.Logger.Level;
import java.time.Duration;

/// One command with its launcher: reads the launcher's reports on start and end, and cleans up what
/// the command leaves. For one thread.
///
/// @param host the host's name for a person
record LaunchedCommand(String host, CallScope call, Launch launch) {

  private static final Limits CLEANUP_LIMITS = Limits.timeout(Duration.ofSeconds(30));
  private static final int MAX_ANSWER_BYTES = 16 * 1024;

  /// Runs it to its end, and cleans up if it did not end by itself. Blocks as [CallScope#run] does.
  ///
  /// @throws TransportException if nothing was started
  /// @throws LauncherUnavailableException if nothing was started
  Outcome run(Limits limits, Sink sink) {
    boolean mayBeLeft = true;
    try {
      Outcome outcome = framed(limits, sink);
      mayBeLeft = false;
      return outcome.ended() instanceof Ended.Exited || launch.cleanup().isEmpty()
          ? outcome
          : cleanedUp(outcome, launch.cleanup().get());
    } catch (TransportException | LauncherUnavailableException nothingStarted) {
      mayBeLeft = false;
      throw nothingStarted;
    } finally {
      if (mayBeLeft) {
        launch.cleanup().ifPresent(this::cleanUp);
      }
    }
  }

  private Outcome framed(Limits limits, Sink sink) {
    Framing framing = new Framing(launch, sink);
    Outcome outcome = call.run(launch.command(), limits, framing);
    Ended ended = framing.end(outcome.ended(), host);
    return ended.equals(outcome.ended()) ? outcome : withEnd(outcome, ended);
  }

  private static Outcome withEnd(Outcome outcome, Ended ended) {
    OutputEnd output = ended instanceof Ended.Lost ? OutputEnd.CUT : outcome.output();
    return new Outcome(ended, output, outcome.elapsed());
  }

  /// The end of the launcher's process does not prove the end of the command.
  private Outcome cleanedUp(Outcome outcome, Command cleanup) {
    Stop rest = cleanUp(cleanup);
    return switch (outcome.ended()) {
      case Ended.TimedOut(Stop stop) -> withEnd(outcome, new Ended.TimedOut(both(stop, rest)));
      case Ended.Cancelled(Stop stop) -> withEnd(outcome, new Ended.Cancelled(both(stop, rest)));
      case Ended.Exited _, Ended.Signaled _, Ended.OutOfMemory _, Ended.Lost _ -> outcome;
    };
  }

  /// The clean-up knows more about the command, but nothing about the launcher's process.
  private static Stop both(Stop starter, Stop command) {
    return starter == Stop.STILL_RUNNING ? starter : command;
  }

  /// An interrupt of the caller does not end the clean-up, before it or during it.
  private Stop cleanUp(Command cleanup) {
    Captured captured = new Captured(MAX_ANSWER_BYTES);
    try {
      Outcome outcome = call.cleanUp(cleanup, CLEANUP_LIMITS, captured);
      int status = ShellStatus.of(outcome.ended());
      if (status != 0) {
        log()
            .log(
                Level.WARNING,
                "Cleaning up on {0} did not succeed (status {1}): {2}",
                host,
                status,
                SafeText.said(captured.stderrText()));
      }
      return Framing.left(status);
    } catch (TransportException notStarted) {
      log().log(Level.WARNING, "Nothing was cleaned up on {0}: {1}", host, notStarted.getMessage());
      return Stop.UNKNOWN;
    }
  }

  private static System.Logger log() {
    return System.getLogger(LaunchedCommand.class.getName());
  }
}
