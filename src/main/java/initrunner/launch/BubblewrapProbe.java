package initrunner.launch;

import initrunner.exec.Command;
import initrunner.exec.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What is asked of a place before commands run in bubblewrap there. Stateless; each question
/// blocks.
final class BubblewrapProbe {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 127;

  private static final String SYSCTLS =
      "for name in kernel/unprivileged_userns_clone kernel/apparmor_restrict_unprivileged_userns"
          + " user/max_user_namespaces; do [ -r /proc/sys/$name ] && read -r value </proc/sys/$name"
          + " && echo \"$name=$value\"; done; :";

  /// Reads back what holds the process that reads.
  private static final String SCOPE_LIMIT =
      "while IFS=: read -r _ names path; do [ -n \"$names\" ] || read -r limit"
          + " <\"/sys/fs/cgroup$path/memory.max\"; done </proc/self/cgroup; echo \"$limit\"";

  private BubblewrapProbe() {}

  static void requireBubblewrap(Probe probe) {
    Probe.Answer answer;
    try {
      answer = probe.ask(Command.of("bwrap", "--version"), BOUND);
    } catch (TransportException e) {
      if (e.kind() != TransportException.Kind.COMMAND_NOT_FOUND) {
        throw e;
      }
      answer = new Probe.Answer(NOT_FOUND, "", "");
    }
    if (answer.status() == NOT_FOUND) {
      throw BubblewrapLauncher.unavailable(
          "bwrap is not on PATH there",
          "Install it: apt install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora).");
    }
    if (answer.status() != 0) {
      throw BubblewrapLauncher.unavailable(
          "bwrap --version ended with status " + answer.status() + said(answer),
          "See what it says by hand: bwrap --version");
    }
  }

  private static Command script(String script, List<String> arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(arguments);
    return Command.of("sh").withArgv(argv);
  }

  /// Why bubblewrap, though it is there, starts nothing.
  static LauncherUnavailableException diagnosis(Probe.Answer answer, Probe probe) {
    String settings = probe.ask(script(SYSCTLS, List.of()), BOUND).stdout();
    if (settings.contains("kernel/unprivileged_userns_clone=0")) {
      return blocked("kernel.unprivileged_userns_clone", "1", answer);
    }
    if (settings.contains("kernel/apparmor_restrict_unprivileged_userns=1")) {
      return blocked("kernel.apparmor_restrict_unprivileged_userns", "0", answer);
    }
    if (settings.contains("user/max_user_namespaces=0")) {
      return blocked("user.max_user_namespaces", "10000", answer);
    }
    return BubblewrapLauncher.unavailable(
        "it starts nothing there" + said(answer),
        "Try by hand: bwrap --unshare-all --ro-bind / / true. In a container, the outer one must"
            + " allow user namespaces.");
  }

  private static LauncherUnavailableException blocked(
      String setting, String wanted, Probe.Answer answer) {
    return BubblewrapLauncher.unavailable(
        "the kernel setting " + setting + " forbids it" + said(answer),
        "As root: sysctl -w " + setting + "=" + wanted);
  }

  private static String said(Probe.Answer answer) {
    String text = answer.stderr().isBlank() ? answer.stdout() : answer.stderr();
    return text.isBlank() ? "" : ": " + text.strip().replaceAll("\\R+", "; ");
  }

  /// Whether these means hold a command to these limits, as read back and not as believed.
  static boolean holds(LimitMeans means, ResourceLimits limits, Probe probe) {
    return switch (means) {
      case CGROUP -> {
        Probe.Answer answer =
            probe.ask(means.hold(Command.of("true"), limits, "0").command(), BOUND);
        yield answer.status() == 0;
      }
      case SYSTEMD -> readsBack(means, SCOPE_LIMIT, limits.memoryBytes(), limits, probe);
      case RLIMIT -> readsBack(means, "ulimit -v", limits.memoryBytes() / 1024, limits, probe);
      case NONE -> true;
    };
  }

  private static boolean readsBack(
      LimitMeans means, String question, long expected, ResourceLimits limits, Probe probe) {
    try {
      Command asked = means.hold(script(question, List.of()), limits, "0").command();
      return probe.ask(asked, BOUND).stdout().strip().equals(Long.toString(expected));
    } catch (TransportException notThere) {
      return false;
    }
  }
}
