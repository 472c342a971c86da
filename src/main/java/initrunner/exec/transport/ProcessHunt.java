package initrunner.exec.transport;

import initrunner.exec.Command;
import initrunner.exec.Stop;
import initrunner.text.PackagedText;
import java.time.Duration;
import java.util.List;

/// Finds the processes of one call, stops them (TERM, then KILL after the grace) and checks that
/// they are gone. The hunt is an ordinary command: the transport runs it on the command's host, and
/// [#verdict] reads its output.
///
/// The hunt finds each process that carries the call's [CallCookie], each that shares a session
/// with one, and the descendants of these; it takes the list before it stops any. Then it looks for
/// processes that may have escaped: orphans that began after the call in sessions of their own, and
/// processes that a program which starts others on request (`cron`, `systemd`, a container engine)
/// has started since. It leaves these alone, and proves nothing while there are any.
public final class ProcessHunt {

  private static final String SCRIPT = PackagedText.read(ProcessHunt.class, "stop.sh");
  private static final String UNPROVEN = " unproven";

  private ProcessHunt() {}

  /// What the hunt found.
  public enum Verdict {
    /// No process of the call exists.
    NONE_FOUND,
    /// No process of the call was found, but some process may be of the call.
    NONE_SEEN,
    /// The call's processes were found and are gone.
    STOPPED,
    /// The processes that were found are gone, but some other process may be of the call.
    FOUND_STOPPED,
    /// A process of the call still runs.
    STILL_RUNNING,
    /// The host shows no environments of processes, or the output is not the hunt's.
    UNKNOWN;

    /// What the verdict means for a command that was started and has ended itself.
    public Stop stop() {
      return switch (this) {
        case NONE_FOUND, STOPPED -> Stop.STOPPED;
        case STILL_RUNNING -> Stop.STILL_RUNNING;
        case NONE_SEEN, FOUND_STOPPED, UNKNOWN -> Stop.UNKNOWN;
      };
    }

    /// Whether the hunt could look and found no process to stop.
    public boolean foundNothing() {
      return this == NONE_FOUND || this == NONE_SEEN;
    }
  }

  /// The command that hunts. It works in any POSIX shell; `grep` makes it fast, and hosts without
  /// `/proc` need `ps`.
  ///
  /// @param begun a moment no later than the start of the call
  public static Command command(CallCookie cookie, Began begun, Duration grace) {
    return command(cookie, begun, grace, "");
  }

  /// @param knownPid of a process that belongs to the call even if its environment lacks the
  ///   cookie, or empty
  static Command command(CallCookie cookie, Began begun, Duration grace, String knownPid) {
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
    // Its own cookie keeps the hunts of other calls from taking it for a process of theirs.
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
