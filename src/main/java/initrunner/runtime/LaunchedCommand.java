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
import initrunner.exec.transport.ShellStatus;
import initrunner.exec.transport.Transport;
import initrunner.exec.transport.Uninterrupted;
import initrunner.launch.Launch;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.OpeningSink;
import initrunner.launch.Trailer;
import initrunner.launch.TrailerSink;
import initrunner.text.SafeText;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/// One command as a launcher starts it: what the launcher says of its beginning and of its end
/// counts, and what it leaves behind is cleaned up. Used by one thread.
///
/// @param place where it runs, for a person
record LaunchedCommand(String place, Transport transport, Launch launch) {

  private static final Limits CLEANUP_LIMITS = Limits.timeout(Duration.ofSeconds(30));
  private static final int MAX_ANSWER_BYTES = 16 * 1024;
  private static final int KILLED = 128 + 9;

  /// Runs it to its end, and cleans up after it if it did not end by itself. Blocks as
  /// [Transport#run] does.
  ///
  /// @throws TransportException if nothing was started
  /// @throws LauncherUnavailableException if nothing was started
  Outcome run(Limits limits, Sink sink) {
    boolean mayBeLeft = true;
    try {
      Outcome outcome = runFromOpening(limits, sink);
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

  private Outcome runFromOpening(Limits limits, Sink sink) {
    OpeningSink opened = new OpeningSink(sink, launch.opening());
    Outcome outcome =
        launch.trailer().isPresent()
            ? runToTrailer(launch.trailer().get(), limits, opened)
            : transport.run(launch.command(), limits, opened);
    switch (outcome.ended()) {
      case Ended.Exited _, Ended.OutOfMemory _ -> {
        if (!opened.isBegun()) {
          throw unstarted(ShellStatus.of(outcome.ended()), opened);
        }
      }
      // What starts a command was itself ended, perhaps just as it would have said so.
      case Ended.Signaled _, Ended.TimedOut _, Ended.Cancelled _, Ended.Lost _ -> opened.handOn();
    }
    return outcome;
  }

  private LauncherUnavailableException unstarted(int status, OpeningSink opened) {
    String what = "the sandbox could not be started on " + place + " (status " + status;
    if (opened.isBegun()) {
      return new LauncherUnavailableException(
          what + ")",
          "What it said is in the error output; initrunner doctor looks at it from all sides.");
    }
    String said = SafeText.said(opened.said());
    return new LauncherUnavailableException(what + "): " + said, nextStep(status, said));
  }

  private static String nextStep(int status, String said) {
    if (status == KILLED) {
      return "Where memory_limit is too little for it, write more, as memory_limit: 256m.";
    }
    if (said.contains("Resource temporarily unavailable")) {
      return "The account may have no more processes there: end some, or raise process_limit,"
          + " which with limits: best_effort counts all of them.";
    }
    return said.contains("No such file or directory")
        ? "What the role mounts is not there any more: put it back, or take it out of the role."
        : "initrunner doctor looks at it from all sides.";
  }

  private Outcome runToTrailer(Trailer trailer, Limits limits, OpeningSink sink) {
    TrailerSink trailed = new TrailerSink(sink, trailer);
    Outcome outcome = transport.run(launch.command(), limits, trailed);
    Optional<Trailer.End> end = trailed.finish();
    if (!(outcome.ended() instanceof Ended.Exited)) {
      return outcome;
    }
    if (end.isEmpty()) {
      return withEnd(
          outcome, new Ended.Lost("what started the command ended without a word of its end"));
    }
    int status = end.get().status();
    return switch (end.get().cause()) {
      case ENDED -> withEnd(outcome, new Ended.Exited(status));
      case OOM -> withEnd(outcome, new Ended.OutOfMemory(status));
      case UNSTARTED -> throw unstarted(status, sink);
    };
  }

  private static Outcome withEnd(Outcome outcome, Ended ended) {
    OutputEnd output = ended instanceof Ended.Lost ? OutputEnd.CUT : outcome.output();
    return new Outcome(ended, output, outcome.elapsed());
  }

  /// That what started a command has stopped proves nothing of the command itself.
  private Outcome cleanedUp(Outcome outcome, Command cleanup) {
    Stop rest = cleanUp(cleanup);
    return switch (outcome.ended()) {
      case Ended.TimedOut(Stop stop) -> withEnd(outcome, new Ended.TimedOut(both(stop, rest)));
      case Ended.Cancelled(Stop stop) -> withEnd(outcome, new Ended.Cancelled(both(stop, rest)));
      case Ended.Exited _, Ended.Signaled _, Ended.OutOfMemory _, Ended.Lost _ -> outcome;
    };
  }

  /// The clean-up knows more of the command, but nothing of what started it.
  private static Stop both(Stop starter, Stop command) {
    return starter == Stop.STILL_RUNNING ? starter : command;
  }

  /// No interrupt of the caller ends the clean-up, before it or during it.
  private Stop cleanUp(Command cleanup) {
    Captured captured = new Captured(MAX_ANSWER_BYTES);
    try {
      Outcome outcome =
          Uninterrupted.get(
              () -> transport.clearingUp(() -> transport.run(cleanup, CLEANUP_LIMITS, captured)));
      int status = ShellStatus.of(outcome.ended());
      if (status != 0) {
        log()
            .log(
                Level.WARNING,
                "Cleaning up on {0} did not succeed (status {1}): {2}",
                place,
                status,
                SafeText.said(captured.stderrText()));
      }
      return switch (status) {
        case 0 -> Stop.STOPPED;
        case 1 -> Stop.STILL_RUNNING;
        default -> Stop.UNKNOWN;
      };
    } catch (TransportException notStarted) {
      log()
          .log(Level.WARNING, "Nothing was cleaned up on {0}: {1}", place, notStarted.getMessage());
      return Stop.UNKNOWN;
    }
  }

  private static System.Logger log() {
    return System.getLogger(LaunchedCommand.class.getName());
  }
}
