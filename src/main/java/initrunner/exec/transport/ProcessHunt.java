package initrunner.exec.transport;

import initrunner.exec.Command;
import initrunner.exec.Stop;
import initrunner.text.PackagedText;
import java.time.Duration;
import java.util.List;

/// Finds the processes of one call, stops them (TERM, then KILL after the grace) and looks whether
/// they are gone. It is a command like any other: it is run on the machine in question, and its
/// answer is read with [#verdict].
///
/// Found is what carries the call's [CallCookie], what is in a session with something that does,
/// and what descends from these, as seen before anything is stopped. Then the hunt looks for what
/// may have escaped: orphans that began after the call in sessions of their own, and what a program
/// that starts others on request (`cron`, `systemd`, a container engine) has started since. These
/// are left alone, and nothing is proven while there are any.
public final class ProcessHunt {

  private static final String SCRIPT = PackagedText.read(ProcessHunt.class, "stop.sh");
  private static final String UNPROVEN = " unproven";

  private ProcessHunt() {}

  /// What the hunt found.
  public enum Verdict {
    /// There is nothing of the call.
    NONE_FOUND,
    /// Nothing of the call was found, but something may be there that cannot be told from it.
    NONE_SEEN,
    /// There was something of the call, and nothing is left of it.
    STOPPED,
    /// What was found is gone, but something may be left that cannot be told from the call.
    FOUND_STOPPED,
    /// Something of the call still runs.
    STILL_RUNNING,
    /// The machine shows no environments of processes, or the answer is not one of ours.
    UNKNOWN;

    /// What it says of a command that was started and is at its end itself.
    public Stop stop() {
      return switch (this) {
        case NONE_FOUND, STOPPED -> Stop.STOPPED;
        case STILL_RUNNING -> Stop.STILL_RUNNING;
        case NONE_SEEN, FOUND_STOPPED, UNKNOWN -> Stop.UNKNOWN;
      };
    }

    /// Whether the hunt could look and there was nothing to stop.
    public boolean foundNothing() {
      return this == NONE_FOUND || this == NONE_SEEN;
    }
  }

  /// The command that hunts. It works in any POSIX shell; `grep` makes it fast, `ps` is needed
  /// where there is no `/proc`.
  ///
  /// @param begun when the call began, at the latest
  public static Command command(CallCookie cookie, Began begun, Duration grace) {
    return command(cookie, begun, grace, "");
  }

  /// The same, with a process that is known to belong to the call, whatever its environment holds.
  static Command command(CallCookie cookie, Began begun, Duration grace, long knownPid) {
    return command(cookie, begun, grace, Long.toString(knownPid));
  }

  private static Command command(CallCookie cookie, Began begun, Duration grace, String knownPid) {
    String value = cookie.value();
    int half = value.length() / 2;
    List<String> argv =
        List.of(
            "sh",
            "-c",
            SCRIPT,
            "initrunner-stop",
            value.substring(0, half),
            value.substring(half),
            Long.toString(Math.max(1, grace.toMillis() / 100)),
            Long.toString(begun.age().toMillis() / 10 + 1),
            knownPid);
    // Its own cookie tells it from what the hunts of other calls look for.
    return CallCookie.random().mark(Command.of(argv.toArray(String[]::new)));
  }

  /// Reads the last line of what the hunt printed.
  public static Verdict verdict(String stdout) {
    String last = stdout.strip();
    last = last.substring(last.lastIndexOf('\n') + 1);
    return switch (last) {
      case "none" -> Verdict.NONE_FOUND;
      case "none" + UNPROVEN -> Verdict.NONE_SEEN;
      case "stopped" -> Verdict.STOPPED;
      case "stopped" + UNPROVEN -> Verdict.FOUND_STOPPED;
      case "running" -> Verdict.STILL_RUNNING;
      default -> Verdict.UNKNOWN;
    };
  }
}
