package initrunner.launch.bwrap;

import initrunner.exec.Command;
import initrunner.launch.Containment;
import initrunner.launch.Cover;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.LimitMeans;
import initrunner.launch.Mount;
import initrunner.launch.MountProbe;
import initrunner.launch.NetworkAccess;
import initrunner.launch.Opening;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.ProbeCall;
import initrunner.launch.ResourceLimits.Policy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Starts each command inside bubblewrap: in namespaces of its own, with the system's programs
/// read-only, the directory it starts in as `/work`, an empty `/tmp`, and nothing else of the place
/// but what is mounted. All of it ends with the command.
///
/// A command's own variables are set inside alone: what starts it outside might obey them.
public final class BubblewrapLauncher implements Launcher {

  private static final Logger LOG = System.getLogger(BubblewrapLauncher.class.getName());

  private static final Duration PROBE_BOUND = Duration.ofSeconds(10);

  /// Root would keep capabilities in its namespaces, with which what is mounted there read-only
  /// could be made writable.
  private static final List<String> NAMESPACES =
      List.of(
          "--unshare-user",
          "--unshare-pid",
          "--unshare-uts",
          "--unshare-ipc",
          "--unshare-cgroup",
          "--cap-drop",
          "ALL",
          "--die-with-parent",
          "--new-session");

  /// Each leads out of the sandbox, or to somebody who is outside.
  private static final List<String> UNSET =
      List.of(
          "SSH_AUTH_SOCK",
          "SSH_CONNECTION",
          "SSH_CLIENT",
          "SSH_TTY",
          "XDG_RUNTIME_DIR",
          "DBUS_SESSION_BUS_ADDRESS",
          "DOCKER_HOST");

  private static final List<String> OF_THE_SYSTEM =
      List.of(
          "/usr",
          "/bin",
          "/sbin",
          "/lib",
          "/lib64",
          "/etc/resolv.conf",
          "/etc/ssl/certs",
          "/etc/alternatives");

  /// Settings of the whole machine, which its owner may write whatever namespace he is in.
  private static final List<String> READ_ONLY_IN_PROC =
      List.of("/proc/sys", "/proc/sysrq-trigger", "/proc/fs", "/proc/acpi", "/proc/scsi");

  /// Bubblewrap ends with 1 whatever is in its way, a shell with 127 or 126 where the command is;
  /// and only where bubblewrap has done its part does the shell say anything.
  private static final List<String> BY_A_SHELL =
      List.of("/bin/sh", "-c", Opening.OF_ALL.script() + "; exec \"$0\" \"$@\"");

  private final Containment containment;
  private final LimitMeans means;
  private final Optional<Owner> owner;
  private final Hardening hardening;
  private final List<Cover> covers;

  BubblewrapLauncher(Containment containment, LimitMeans means, Optional<Owner> owner) {
    this(containment, means, owner, Hardening.NONE);
  }

  BubblewrapLauncher(
      Containment containment, LimitMeans means, Optional<Owner> owner, Hardening hardening) {
    this.containment = containment;
    this.means = means;
    this.owner = owner;
    this.hardening = hardening;
    this.covers = List.of();
  }

  private BubblewrapLauncher(BubblewrapLauncher other, List<Cover> covers) {
    this.containment = other.containment;
    this.means = other.means;
    this.owner = other.owner;
    this.hardening = other.hardening;
    this.covers = List.copyOf(covers);
  }

  @Override
  public BubblewrapLauncher covering(List<Cover> others) {
    return new BubblewrapLauncher(this, others);
  }

  /// Makes sure that bubblewrap works at a place, and finds what can hold commands to their limits
  /// there. Ends calls that outlived the process that had them started, where something holds them.
  /// Blocks while the place is asked.
  ///
  /// @throws LauncherUnavailableException if it does not, with what is in the way; if something to
  ///   be mounted is not there; if a limit cannot be enforced that must be
  /// @throws TransportException if the place cannot be asked
  public static BubblewrapLauncher prepare(Containment containment, Probe probe) {
    BubblewrapLauncher launcher = examine(containment, probe);
    launcher.warnOfUnheldLimits();
    return launcher;
  }

  /// The same for a report that says by itself what holds commands to their limits: no warning.
  public static BubblewrapLauncher examine(Containment containment, Probe probe) {
    if (containment.network() == NetworkAccess.BRIDGE) {
      throw unavailable(
          "network: bridge is not to be had with bubblewrap, which has none or the host's",
          "Write network: none or network: host, or use docker.");
    }
    BubblewrapProbe.requireBubblewrap(probe);
    Containment resolved =
        containment.withMounts(
            MountProbe.require(containment.mounts(), probe, BubblewrapLauncher::unavailable));
    return limited(resolved, requireStart(resolved, probe), probe);
  }

  /// Tries it as the role has it, with the strongest hardening that works there. What fails without
  /// the role's mounts too is no matter of theirs.
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
        .launch(Command.of("true"), ProbeCall.id())
        .command();
  }

  private void warnOfUnheldLimits() {
    switch (means) {
      case CGROUP, SYSTEMD -> {}
      case RLIMIT ->
          LOG.log(
              Level.WARNING,
              "In bubblewrap, each process alone is held to memory_limit, all of the account's to"
                  + " process_limit (none of root's), and none to cpu_limit");
      case NONE ->
          LOG.log(
              Level.WARNING,
              "In bubblewrap, nothing holds commands to limits of memory, processors or processes");
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
      case CGROUP, SYSTEMD -> BubblewrapProbe.sweep(found, probe);
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
    BubblewrapMounts mounts = BubblewrapMounts.of(containment.mounts(), covers, hardening.filter());
    List<String> argv = new ArrayList<>(mounts.before());
    argv.add("bwrap");
    argv.addAll(NAMESPACES);
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
    argv.addAll(BY_A_SHELL);
    argv.addAll(command.argv());
    return means
        .hold(command.withArgv(argv).withEnvironment(Map.of()), containment.limits(), callId, owner)
        .beginningWith(Opening.OF_ALL);
  }

  /// What holds commands to their limits, for a person.
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
