package initrunner.ssh.client;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What one `ssh` wrote to its own log (`-E`, `LogLevel=DEBUG3`) while it passed a command to a
/// master. It is what tells a remote command's own 255 from a failure of `ssh`, and whether a
/// failure came before or after the command was sent; the sentences are those of `muxclient` and
/// `mux_client_request_session` in OpenSSH's `mux.c`.
///
/// @param exitStatus the remote command's, if it arrived
/// @param requestSent whether the master was asked to run the command
/// @param sessionOpened whether the command reached the host
/// @param sessionRefused whether the server had no session left
/// @param terminated whether a signal asked this `ssh` to end
/// @param errors what it said that is no debugging
public record SshClientLog(
    Optional<Integer> exitStatus,
    boolean requestSent,
    boolean sessionOpened,
    boolean sessionRefused,
    boolean terminated,
    String errors) {

  /// The level at which all of the sentences are written.
  public static final String LEVEL = "LogLevel=DEBUG3";

  private static final Pattern EXIT_STATUS =
      Pattern.compile("Received exit status from master (\\d+)");

  static SshClientLog of(List<String> lines) {
    Optional<Integer> exitStatus =
        lines.stream()
            .map(EXIT_STATUS::matcher)
            .filter(Matcher::find)
            .map(found -> Integer.valueOf(found.group(1)))
            .findFirst();
    return new SshClientLog(
        exitStatus,
        any(lines, "session request sent"),
        any(lines, "master session id"),
        any(lines, "session request failed") || any(lines, "refused session request"),
        any(lines, "Exiting on signal"),
        lines.stream().filter(line -> !line.startsWith("debug")).collect(Collectors.joining("\n")));
  }

  private static boolean any(List<String> lines, String words) {
    return lines.stream().anyMatch(line -> line.contains(words));
  }
}
