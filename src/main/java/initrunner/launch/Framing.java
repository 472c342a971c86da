package initrunner.launch;

import initrunner.exec.Ended;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.transport.ShellStatus;
import initrunner.text.SafeText;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Takes the [Opening] and the [Trailer] that the scripts of a [Launch] write out of the error
/// output, and hands on the rest as it arrives. On a terminal both outputs arrive as the standard
/// one. For one call and one thread.
public final class Framing implements Sink {

  private static final int KILLED = 128 + 9;

  private final boolean isOnTerminal;
  private final boolean hasOpening;
  private final OpeningSink opening;
  private final Optional<TrailerSink> trailer;

  public Framing(Launch launch, Sink next) {
    isOnTerminal = launch.command().stdin() instanceof Stdin.Terminal;
    hasOpening = launch.opening().isPresent();
    opening = new OpeningSink(isOnTerminal ? new OneOutput(next) : next, launch.opening());
    trailer = launch.trailer().map(awaited -> new TrailerSink(opening, awaited));
  }

  private record OneOutput(Sink next) implements Sink {

    @Override
    public void stdout(ByteBuffer bytes) {
      next.stdout(bytes);
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      next.stdout(bytes);
    }
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    if (isOnTerminal) {
      stderr(bytes);
    } else {
      opening.stdout(bytes);
    }
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    if (trailer.isPresent()) {
      trailer.get().stderr(bytes);
    } else {
      opening.stderr(bytes);
    }
  }

  /// Says how the command ended. The caller calls it once, after the last output.
  ///
  /// @param starter how the launcher's program ended
  /// @param host its name for a person
  /// @throws LauncherUnavailableException if the launcher's program did not start the command
  public Ended end(Ended starter, String host) {
    Ended ended = trailer.map(read -> trailed(read.finish(), starter, host)).orElse(starter);
    switch (ended) {
      case Ended.Exited _, Ended.OutOfMemory _ -> {
        if (!opening.isBegun()) {
          throw unstarted(ShellStatus.of(ended), host);
        }
      }
      // The launcher's program was ended, perhaps just before it would have written the opening.
      case Ended.Signaled _, Ended.TimedOut _, Ended.Cancelled _, Ended.Lost _ -> opening.handOn();
    }
    return ended;
  }

  private Ended trailed(Optional<Trailer.End> end, Ended starter, String host) {
    if (!(starter instanceof Ended.Exited)) {
      return starter;
    }
    if (end.isEmpty()) {
      return new Ended.Lost("the launcher ended without saying how the command ended");
    }
    int status = end.get().status();
    return switch (end.get().cause()) {
      case ENDED -> new Ended.Exited(status);
      case OOM -> new Ended.OutOfMemory(status);
      case UNSTARTED -> {
        // A command that can read the mark of its trailer cannot take its own start back.
        if (hasOpening && opening.isBegun()) {
          yield new Ended.Exited(status);
        }
        throw unstarted(status, host);
      }
    };
  }

  private LauncherUnavailableException unstarted(int status, String host) {
    String what = "the sandbox could not be started on " + host + " (status " + status;
    if (opening.isBegun()) {
      return new LauncherUnavailableException(
          what + ")",
          "What it said is in the error output. initrunner doctor says what works there.");
    }
    String said = SafeText.said(opening.said());
    return new LauncherUnavailableException(what + "): " + said, nextStep(status, said));
  }

  private static String nextStep(int status, String said) {
    if (status == KILLED) {
      return "If memory_limit is too small for the sandbox itself, raise it: memory_limit: 256m.";
    }
    if (said.contains("Resource temporarily unavailable")) {
      return "The account has as many processes as it may have there: end some, or raise"
          + " process_limit, which with limits: best_effort counts all of them.";
    }
    return said.contains("No such file or directory")
        ? "A path that the role mounts is missing now: restore it, or remove it from the role."
        : "initrunner doctor says what works there.";
  }

  /// What the exit status of a launch's clean-up says about the command.
  public static Stop left(int cleanupStatus) {
    return switch (cleanupStatus) {
      case 0 -> Stop.STOPPED;
      case 1 -> Stop.STILL_RUNNING;
      default -> Stop.UNKNOWN;
    };
  }
}
