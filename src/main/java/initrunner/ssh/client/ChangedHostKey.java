package initrunner.ssh.client;

import initrunner.ssh.shell.RemoteCommandLine;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `ssh` says where a host has another key than the known one. Stateless.
final class ChangedHostKey {

  /// What it always says then.
  static final String SIGN = "REMOTE HOST IDENTIFICATION HAS CHANGED";

  /// Of no use for that host. The command that Debian adds is the next step, which a person takes
  /// after a look.
  private static final List<String> LEFT_OUT =
      List.of(
          "IT IS POSSIBLE THAT SOMEONE",
          "Someone could be eavesdropping",
          "It is also possible that",
          "Please contact your system",
          "Add correct host key in",
          "remove with:",
          "ssh-keygen ");

  private static final Pattern KNOWN = Pattern.compile("(?m)^Offending \\S+ key in (.+):\\d+\\s*$");
  private static final Pattern NAME = Pattern.compile("(?m)^Host key for (\\S+) has changed");

  private ChangedHostKey() {}

  /// Whether a line of it is shown.
  static boolean isShown(String line) {
    return LEFT_OUT.stream().noneMatch(line::startsWith);
  }

  /// The one next step, with the names that `ssh` gave.
  static String remedy(String said) {
    Optional<String> file = first(KNOWN, said);
    Optional<String> name = first(NAME, said);
    return "A person has to find out why the host's key changed, before anything else. If the new key"
        + " is right, remove the old one: ssh-keygen "
        + file.map(known -> "-f " + RemoteCommandLine.quote(known) + " ").orElse("")
        + "-R "
        + name.map(RemoteCommandLine::quote).orElse("<hostname>")
        + ", then connect once by hand: {ssh} {host}";
  }

  private static Optional<String> first(Pattern pattern, String said) {
    Matcher found = pattern.matcher(said);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }
}
