package initrunner.launch;

import initrunner.exec.Ended;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.transport.ShellStatus;
import initrunner.text.SafeText;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Reads what the scripts of a [Launch] write around the output of its command, and hands on the
/// rest as it comes: the [Opening] before that output, and the [Trailer] behind it. For one call;
/// used by one thread.
public final class Framing implements Sink {

  private static final int KILLED = 128 + 9;

  private final OpeningSink opening;
  private final Optional<TrailerSink> trailer;

  public Framing(Launch launch, Sink next) {
    opening = new OpeningSink(next, launch.opening());
    trailer = launch.trailer().map(awaited -> new TrailerSink(opening, awaited));
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    opening.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    if (trailer.isPresent()) {
      trailer.get().stderr(bytes);
    } else {
      opening.stderr(bytes);
    }
  }

  /// How the command ended. To be called once, when there is no more output.
  ///
  /// @param starter how the program ended that started it
  /// @param place where it runs, for a person
  /// @throws LauncherUnavailableException if that program did not start the command
  public Ended end(Ended starter, String place) {
    Ended ended = trailer.map(read -> trailed(read.finish(), starter, place)).orElse(starter);
    switch (ended) {
      case Ended.Exited _, Ended.OutOfMemory _ -> {
        if (!opening.isBegun()) {
          throw unstarted(ShellStatus.of(ended), place);
        }
      }
      // What starts a command was itself ended, perhaps just as it would have said so.
      case Ended.Signaled _, Ended.TimedOut _, Ended.Cancelled _, Ended.Lost _ -> opening.handOn();
    }
    return ended;
  }

  private Ended trailed(Optional<Trailer.End> end, Ended starter, String place) {
    if (!(starter instanceof Ended.Exited)) {
      return starter;
    }
    if (end.isEmpty()) {
      return new Ended.Lost("what started the command ended without a word of its end");
    }
    int status = end.get().status();
    return switch (end.get().cause()) {
      case ENDED -> new Ended.Exited(status);
      case OOM -> new Ended.OutOfMemory(status);
      case UNSTARTED -> throw unstarted(status, place);
    };
  }

  private LauncherUnavailableException unstarted(int status, String place) {
    String what = "the sandbox could not be started on " + place + " (status " + status;
    if (opening.isBegun()) {
      return new LauncherUnavailableException(
          what + ")",
          "What it said is in the error output; initrunner doctor looks at it from all sides.");
    }
    String said = SafeText.said(opening.said());
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

  /// What the status of a launch's clean-up says of the command.
  public static Stop left(int cleanupStatus) {
    return switch (cleanupStatus) {
      case 0 -> Stop.STOPPED;
      case 1 -> Stop.STILL_RUNNING;
      default -> Stop.UNKNOWN;
    };
  }
}
