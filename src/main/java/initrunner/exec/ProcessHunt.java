package initrunner.exec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the processes of one call by their [CallCookie], stops them (TERM, then KILL after the
/// grace) and looks whether they are gone. It is a command like any other: whoever has a way to the
/// machine runs it there and reads its answer with [#verdict].
///
/// Found is what carries the cookie, and what is in a session with something that does. A process
/// that did both, cleared its environment and left the session, is not found; neither is one of
/// another user's in a session of its own (`sudo setsid`).
public final class ProcessHunt {

  private static final String SCRIPT = readScript();

  private ProcessHunt() {}

  /// What the hunt found.
  public enum Verdict {
    /// Nothing carried the cookie.
    NONE_FOUND,
    /// Something did, and nothing does now.
    STOPPED,
    /// Something still does.
    STILL_RUNNING,
    /// The machine shows no environments of processes, or the answer is not one of ours.
    UNKNOWN
  }

  /// The command that hunts. It works in any POSIX shell; `grep` makes it fast, `ps` is needed
  /// where there is no `/proc`.
  public static Command command(CallCookie cookie, Duration grace) {
    return command(cookie, grace, "");
  }

  /// The same, with a process that is known to belong to the call, whatever its environment holds.
  static Command command(CallCookie cookie, Duration grace, long knownPid) {
    return command(cookie, grace, Long.toString(knownPid));
  }

  private static Command command(CallCookie cookie, Duration grace, String knownPid) {
    String value = cookie.value();
    int half = value.length() / 2;
    String tenths = Long.toString(Math.max(1, grace.toMillis() / 100));
    return new Command(
        List.of(
            "sh",
            "-c",
            SCRIPT,
            "initrunner-stop",
            value.substring(0, half),
            value.substring(half),
            tenths,
            knownPid),
        Map.of(),
        Optional.empty(),
        Stdin.nothing());
  }

  /// Reads the last line of what the hunt printed.
  public static Verdict verdict(String stdout) {
    String last = stdout.strip();
    last = last.substring(last.lastIndexOf('\n') + 1);
    return switch (last) {
      case "none" -> Verdict.NONE_FOUND;
      case "stopped" -> Verdict.STOPPED;
      case "running" -> Verdict.STILL_RUNNING;
      default -> Verdict.UNKNOWN;
    };
  }

  private static String readScript() {
    try (InputStream script = ProcessHunt.class.getResourceAsStream("stop.sh")) {
      if (script == null) {
        throw new IllegalStateException("stop.sh is missing from the jar");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("stop.sh cannot be read from the jar", e);
    }
  }
}
