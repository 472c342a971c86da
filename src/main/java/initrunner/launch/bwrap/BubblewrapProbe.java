package initrunner.launch.bwrap;

import initrunner.exec.Command;
import initrunner.exec.TransportException;
import initrunner.launch.Containment;
import initrunner.launch.Launch;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.LimitMeans;
import initrunner.launch.Opening;
import initrunner.launch.Probe;
import initrunner.launch.ResourceLimits;
import initrunner.launch.ShellScript;
import initrunner.launch.Trailer;
import initrunner.text.SafeText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/// Asks a host whether bubblewrap works there and how it can enforce limits. Stateless; each
/// question blocks.
final class BubblewrapProbe {

  private static final Logger LOG = System.getLogger(BubblewrapProbe.class.getName());

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 127;

  private static final ShellScript SYSCTLS =
      ShellScript.packaged("sh", BubblewrapProbe.class, "sysctls.sh");

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

  /// Why it does not start with the role's mounts, though it starts without them.
  static LauncherUnavailableException unmountable(Probe.Answer answer) {
    return BubblewrapLauncher.unavailable(
        "it starts, but not with the mounts of the role" + said(answer),
        "Change the path that it names in bind_mounts, allowed_read_paths or allowed_write_paths:"
            + " the account must reach the source, and the target must not lie in what is mounted"
            + " read-only, as /usr.");
  }

  /// Why bubblewrap is installed and starts nothing.
  static LauncherUnavailableException diagnosis(Probe.Answer answer, Probe probe) {
    if (answer.stderr().contains(Opening.OF_ALL.mark())) {
      return BubblewrapLauncher.unavailable(
          "it starts, but the programs of PATH are not visible in it" + said(answer),
          "Mount their directories if they are not below /usr, /bin or /sbin:"
              + " allowed_read_paths: [/nix/store]");
    }
    String settings = probe.ask(SYSCTLS.command(), BOUND).stdout();
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
    String error = answer.stderr().replace(Opening.OF_ALL.mark(), "");
    return new Probe.Answer(answer.status(), answer.stdout(), error).because();
  }

  /// Why this means does not enforce these limits, as they read back; empty if it does.
  static Optional<String> lack(LimitMeans means, ResourceLimits limits, Probe probe) {
    return switch (means) {
      case CGROUP, SYSTEMD -> {
        Launch launch =
            means.hold(
                Command.of("true"), limits.withoutFileLimit(), Probe.callId(), Optional.empty());
        Probe.Answer answer = probe.ask(launch.command(), BOUND);
        yield answer.status() == 0
            ? Optional.empty()
            : Optional.of(complaint(answer, launch.trailer().orElseThrow()));
      }
      case RLIMIT ->
          Optional.of("prlimit does not enforce it")
              .filter(_ ->
                  !read(means, "ulimit -v", limits.withoutFileLimit(), probe)
                      .equals(Long.toString(limits.memoryBytes() / 1024)));
      case NONE -> Optional.empty();
    };
  }

  private static String complaint(Probe.Answer answer, Trailer trailer) {
    String own = trailer.withoutIt(answer.stderr());
    return own.isBlank()
        ? "status " + answer.status()
        : SafeText.said(own.replace("initrunner: ", ""));
  }

  private static String read(
      LimitMeans means, String question, ResourceLimits limits, Probe probe) {
    Command script = new ShellScript(question).command();
    Launch launch = means.hold(script, limits, Probe.callId(), Optional.empty());
    try {
      return probe.ask(launch.command(), BOUND).stdout().strip();
    } catch (TransportException notThere) {
      return "";
    }
  }

  /// The containment, without its limit of files if that cannot be enforced and need not be.
  ///
  /// @throws LauncherUnavailableException if it cannot be enforced and must be
  static Containment withProvenFileLimit(LimitMeans means, Containment wanted, Probe probe) {
    ResourceLimits limits = wanted.limits();
    if (limits.fileBytes().isEmpty()) {
      return wanted;
    }
    String blocks = read(means, "ulimit -f", limits, probe);
    if (blocks.matches("[0-9]{1,18}")
        && Long.parseLong(blocks) <= 2 * limits.fileKibibytes().orElseThrow()) {
      return wanted;
    }
    if (limits.policy() != ResourceLimits.Policy.BEST_EFFORT) {
      throw BubblewrapLauncher.unavailable(
          "file_size_limit cannot be enforced there",
          "Try by hand: sh -c 'ulimit -f 2; ulimit -f'; or set limits: best_effort.");
    }
    LOG.log(Level.WARNING, "In bubblewrap, file_size_limit is not enforced");
    return wanted.withLimits(limits.withoutFileLimit());
  }
}
