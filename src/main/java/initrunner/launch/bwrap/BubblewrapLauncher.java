package initrunner.launch.bwrap;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.launch.Containment;
import initrunner.launch.Cover;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Leftovers;
import initrunner.launch.LimitMeans;
import initrunner.launch.Mount;
import initrunner.launch.MountProbe;
import initrunner.launch.NetworkAccess;
import initrunner.launch.Opening;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.ResourceLimits.Policy;
import initrunner.launch.ShellScript;
import initrunner.text.Words;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Starts each command inside bubblewrap: in its own namespaces, with the system's programs
/// read-only, its start directory as `/work`, an empty `/tmp`, and the mounts. Everything that the
/// command starts ends with it.
///
/// The variables of a command are set inside only: `bwrap` itself might obey them.
public final class BubblewrapLauncher implements Launcher {

  private static final Logger LOG = System.getLogger(BubblewrapLauncher.class.getName());
  private static final Duration PROBE_BOUND = Duration.ofSeconds(10);

  /// In its namespaces root would keep capabilities, by which it could make read-only mounts
  /// writable.
  private static final List<String> NAMESPACES =
      Words.of(
          """
          --unshare-user --unshare-pid --unshare-uts --unshare-ipc --unshare-cgroup --cap-drop ALL
          --die-with-parent
          """);

  /// Without a session of its own a command could type into the terminal that bubblewrap is started
  /// from. A command that is to have a terminal gets no new session, which would be one without it:
  /// that terminal was made for the command alone, and no program outside reads from it.
  private static final List<String> SESSION = List.of("--new-session");

  /// Each leads to an agent, a session or an engine outside the sandbox.
  private static final List<String> UNSET =
      Words.of(
          """
          SSH_AUTH_SOCK SSH_CONNECTION SSH_CLIENT SSH_TTY XDG_RUNTIME_DIR
          DBUS_SESSION_BUS_ADDRESS DOCKER_HOST
          """);

  private static final List<String> OF_THE_SYSTEM =
      Words.of("/usr /bin /sbin /lib /lib64 /etc/resolv.conf /etc/ssl/certs /etc/alternatives");

  /// Settings of the kernel that root may write in any namespace.
  private static final List<String> READ_ONLY_IN_PROC =
      Words.of("/proc/sys /proc/sysrq-trigger /proc/fs /proc/acpi /proc/scsi");

  private static final ShellScript ON_TERMINAL =
      ShellScript.packaged("initrunner-terminal", BubblewrapLauncher.class, "terminal.sh");

  private final Containment containment;
  private final LimitMeans means;
  private final Optional<Owner> owner;
  private final Hardening hardening;

  BubblewrapLauncher(
      Containment containment, LimitMeans means, Optional<Owner> owner, Hardening hardening) {
    this.containment = containment;
    this.means = means;
    this.owner = owner;
    this.hardening = hardening;
  }

  @Override
  public BubblewrapLauncher covering(List<Cover> covers) {
    return new BubblewrapLauncher(containment.withCovers(covers), means, owner, hardening);
  }

  @Override
  public BubblewrapLauncher lasting() {
    return new BubblewrapLauncher(containment, means, Optional.empty(), hardening);
  }

  /// Checks that bubblewrap works on the host, finds out how the host can enforce limits, and ends
  /// the calls of owners that are gone. Blocks while it asks the host.
  ///
  /// @throws LauncherUnavailableException if bubblewrap does not work, a path to be mounted is
  ///   missing, or a limit cannot be enforced that must be; with the reason
  /// @throws TransportException if the host cannot be asked
  public static BubblewrapLauncher prepare(Containment containment, Probe probe) {
    BubblewrapLauncher launcher = examine(containment, probe);
    launcher.warnOfUnheldLimits();
    return launcher;
  }

  /// As [#prepare], without its warnings, for a report that says how limits are enforced.
  public static BubblewrapLauncher examine(Containment containment, Probe probe) {
    if (containment.network() == NetworkAccess.BRIDGE) {
      throw unavailable(
          "network: bridge is unavailable with bubblewrap, which has none or the host's",
          "Write network: none or network: host, or use docker.");
    }
    BubblewrapProbe.requireBubblewrap(probe);
    Containment resolved =
        containment.withMounts(
            MountProbe.require(containment.mounts(), probe, BubblewrapLauncher::unavailable));
    return limited(resolved, requireStart(resolved, probe), probe);
  }

  /// Starts it with the role's mounts and the strongest hardening that works there. If it does not
  /// start, a start without the mounts shows whether they are the reason.
  private static Hardening requireStart(Containment containment, Probe probe) {
    Containment whole = containment.withLimits(containment.limits().withoutFileLimit());
    for (Hardening hardening : Hardening.candidates(probe)) {
      if (probe.ask(trial(whole, hardening), PROBE_BOUND).status() == 0) {
        if (!hardening.isFiltering()) {
          LOG.log(
              Level.WARNING,
              "In bubblewrap, no filter of system calls can be set: commands reach the keyrings"
                  + " of the session, and can leave programs that run as their owner");
        }
        return hardening;
      }
    }
    Probe.Answer answer = probe.ask(trial(whole, Hardening.NONE), PROBE_BOUND);
    Probe.Answer unmounted =
        probe.ask(trial(whole.withMounts(List.of()), Hardening.NONE), PROBE_BOUND);
    throw unmounted.status() == 0
        ? BubblewrapProbe.unmountable(answer)
        : BubblewrapProbe.diagnosis(unmounted, probe);
  }

  private static Command trial(Containment unlimited, Hardening hardening) {
    return new BubblewrapLauncher(unlimited, LimitMeans.NONE, Optional.empty(), hardening)
        .launch(Command.of("true"), Probe.callId())
        .command();
  }

  private void warnOfUnheldLimits() {
    switch (means) {
      case CGROUP, SYSTEMD -> {}
      case RLIMIT ->
          LOG.log(
              Level.WARNING,
              "In bubblewrap, memory_limit holds for each process alone, process_limit for all"
                  + " processes of the account (not for root's), and cpu_limit is not enforced");
      case NONE ->
          LOG.log(
              Level.WARNING,
              "In bubblewrap, no limits of memory, processors or processes are enforced");
    }
  }

  private static BubblewrapLauncher limited(
      Containment containment, Hardening hardening, Probe probe) {
    List<LimitMeans> candidates =
        switch (containment.limits().policy()) {
          case ENFORCE, IF_POSSIBLE -> List.of(LimitMeans.CGROUP, LimitMeans.SYSTEMD);
          case BEST_EFFORT -> List.of(LimitMeans.CGROUP, LimitMeans.SYSTEMD, LimitMeans.RLIMIT);
        };
    LimitMeans found = LimitMeans.NONE;
    List<String> lacks = new ArrayList<>();
    for (LimitMeans means : candidates) {
      Optional<String> lack = BubblewrapProbe.lack(means, containment.limits(), probe);
      if (lack.isEmpty()) {
        found = means;
        break;
      }
      lacks.add(lack.get());
    }
    if (found == LimitMeans.NONE && containment.limits().policy() == Policy.ENFORCE) {
      throw unavailable(
          "neither cgroups nor systemd-run can hold commands to memory_limit, cpu_limit and"
              + " process_limit there ("
              + String.join("; ", lacks)
              + ")",
          "Run as root or as an account that systemd gives cgroups to (loginctl enable-linger), or"
              + " set limits: best_effort.");
    }
    switch (found) {
      case CGROUP, SYSTEMD ->
          Leftovers.end("calls", found.held(), Leftovers::ifGone, found::ends, probe);
      case RLIMIT, NONE -> {}
    }
    return new BubblewrapLauncher(
        BubblewrapProbe.withProvenFileLimit(found, containment, probe),
        found,
        Owner.current(),
        hardening);
  }

  static LauncherUnavailableException unavailable(String reason, String remedy) {
    return new LauncherUnavailableException(
        "Sandbox backend 'bwrap' unavailable: " + reason, remedy);
  }

  @Override
  public Launch launch(Command command, String callId) {
    BubblewrapMounts mounts = BubblewrapMounts.of(containment, hardening.filter());
    List<String> argv = new ArrayList<>(mounts.before());
    argv.add("bwrap");
    argv.addAll(NAMESPACES);
    argv.addAll(command.stdin() instanceof Stdin.Terminal ? List.of() : SESSION);
    argv.addAll(hardening.options());
    if (containment.network() == NetworkAccess.NONE) {
      argv.add("--unshare-net");
    }
    Stream.of(containment.variables(), command.environment())
        .flatMap(variables -> variables.entrySet().stream())
        .forEach(
            variable -> argv.addAll(List.of("--setenv", variable.getKey(), variable.getValue())));
    UNSET.forEach(name -> argv.addAll(List.of("--unsetenv", name)));
    OF_THE_SYSTEM.forEach(path -> argv.addAll(List.of("--ro-bind-try", path, path)));
    argv.addAll(List.of("--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev"));
    READ_ONLY_IN_PROC.forEach(path -> argv.addAll(List.of("--ro-bind-try", path, path)));
    argv.addAll(List.of("--bind", ".", "/work"));
    argv.addAll(mounts.options());
    argv.addAll(List.of("--chdir", "/work", "--"));
    argv.addAll(byAShell(command));
    return means
        .hold(command.withArgv(argv).withEnvironment(Map.of()), containment.limits(), callId, owner)
        .beginningWith(Opening.of(command.stdin()));
  }

  /// Bubblewrap ends with 1 for each of its own failures. This shell, inside, ends with 127 or 126
  /// if the program is missing or cannot be executed; its opening proves that bubblewrap succeeded.
  private static List<String> byAShell(Command command) {
    Opening opening = Opening.of(command.stdin());
    List<String> words = new ArrayList<>();
    if (command.stdin() instanceof Stdin.Terminal) {
      words.addAll(ON_TERMINAL.argv(List.of(opening.format())));
      words.set(0, "/bin/sh");
    } else {
      words.addAll(List.of("/bin/sh", "-c", opening.script() + "; exec \"$0\" \"$@\""));
    }
    words.addAll(command.argv());
    return words;
  }

  /// What enforces limits, for a person.
  public String limitsHeldBy() {
    return switch (means) {
      case CGROUP -> "cgroups";
      case SYSTEMD -> "systemd-run";
      case RLIMIT -> "prlimit, each process alone";
      case NONE -> "nothing";
    };
  }

  @Override
  public String name() {
    return "bwrap";
  }

  @Override
  public Optional<List<Mount>> mounts() {
    return Optional.of(containment.mounts());
  }
}
