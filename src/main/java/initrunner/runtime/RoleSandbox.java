package initrunner.runtime;

import initrunner.audit.AuditLocation;
import initrunner.exec.transport.LocalTransport;
import initrunner.exec.transport.Transport;
import initrunner.launch.Containment;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.PlainLauncher;
import initrunner.launch.Probe;
import initrunner.launch.bwrap.BubblewrapLauncher;
import initrunner.launch.docker.DockerLauncher;
import initrunner.launch.slurm.SlurmLauncher;
import initrunner.launch.slurm.SlurmRequest;
import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SshSettings;
import initrunner.runtime.confine.ContainedEnvironment;
import initrunner.runtime.confine.HostSearchPath;
import initrunner.runtime.confine.OwnFiles;
import initrunner.runtime.confine.RoleContainment;
import initrunner.runtime.confine.SandboxHost;
import initrunner.runtime.confine.WritableDirectories;
import initrunner.runtime.mounts.StagedMounts;
import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Makes the transport and the launcher from a role; no other class combines the two. Stateless.
public final class RoleSandbox {

  private RoleSandbox() {}

  /// How a host is logged in to.
  ///
  /// @param logins by which a login may ask a person; empty where none may
  /// @param target changes what the role says of the connection
  record Login(Optional<AskedLogins> logins, UnaryOperator<SshTarget> target) {

    static Login asking(Optional<AskedLogins> logins) {
      return new Login(logins, UnaryOperator.identity());
    }
  }

  /// The sandbox of a role on a host, for one command: on the host, nothing is made ready for a
  /// second one. It connects nowhere.
  ///
  /// @param secrets where the values of the role's `secret_env` are looked up
  /// @param person by which the login may ask a person; empty where it may not
  /// @param known what `ssh -G` has said of the host; empty where it is yet to be asked
  /// @throws LauncherUnavailableException if the kind of sandbox is unavailable, or a secret for it
  ///   is not set
  public static Sandbox forOneCommand(
      Role role,
      Map<String, String> ownEnvironment,
      Map<String, String> secrets,
      Optional<AskedLogins> person,
      Optional<SshConfiguration> known) {
    return of(
        role, ownEnvironment, secrets, new Login(person, target -> target.forOneCommand(known)));
  }

  static Sandbox of(
      Role role, Map<String, String> ownEnvironment, Map<String, String> secrets, Login login) {
    SandboxSettings settings = role.sandbox();
    Variables variables = Variables.of(role, secrets);
    Map<String, String> passedOn = variables.filter().filter(ownEnvironment).kept();
    return switch (settings.backend()) {
      case SSH -> {
        SshSettings ssh =
            settings.ssh().orElseThrow(() -> new IllegalArgumentException("sandbox.ssh is unset"));
        Transport transport = transport(ssh, login);
        Path home = AuditLocation.home(ownEnvironment);
        yield overSsh(role, transport, home, variables).asking(login.logins());
      }
      case NONE -> onThisMachine(role, passedOn, _ -> new PlainLauncher(), variables);
      case BWRAP, DOCKER, AUTO -> {
        ContainedEnvironment environment =
            ContainedEnvironment.of(settings, passedOn, WritableDirectories.of(role));
        OwnFiles files = OwnFiles.of(role, ownEnvironment);
        Function<Probe, Launcher> launcher = launcher(role, environment);
        Function<Probe, Launcher> preparation =
            probe -> {
              files.requireNoOtherNames(environment.writable());
              return launcher.apply(probe);
            };
        yield onThisMachine(role, environment.outside(), preparation, variables).keeping(files);
      }
    };
  }

  private static Sandbox overSsh(Role role, Transport transport, Path home, Variables variables) {
    SshSettings ssh = role.sandbox().ssh().orElseThrow();
    SandboxHost place =
        new SandboxHost("ssh", Optional.of(ssh.host()), ssh.remoteCwd())
            .among(role.security().sandboxName());
    Optional<StagedMounts> mounts = StagedMounts.of(role, home, () -> RoleHost.reachedAs(role));
    if (mounts.isEmpty()) {
      return new Sandbox(place, transport, onHost(ssh, role.sandbox()), variables);
    }
    Function<Probe, Launcher> preparation =
        probe -> onHost(ssh, mounts.get().stage(transport, probe)).apply(probe);
    return new Sandbox(place, transport, preparation, variables).staging(mounts.get());
  }

  private static Function<Probe, Launcher> onHost(SshSettings ssh, SandboxSettings settings) {
    return switch (ssh.launcher()) {
      case NONE -> _ -> new PlainLauncher();
      case BWRAP ->
          probe -> BubblewrapLauncher.prepare(containmentOnHost(ssh, settings, probe), probe);
      case DOCKER ->
          probe ->
              DockerLauncher.prepare(
                  containmentOnHost(ssh, settings, probe),
                  RoleContainment.container(settings, List.of()),
                  probe);
      case SLURM -> {
        SlurmRequest request = RoleContainment.slurmRequest(ssh.slurm(), settings);
        yield probe -> SlurmLauncher.prepare(request, probe);
      }
    };
  }

  private static Containment containmentOnHost(
      SshSettings ssh, SandboxSettings settings, Probe probe) {
    Containment containment = RoleContainment.onHost(settings);
    Stream<String> mounts = RoleContainment.writableOf(settings);
    // Commands with the whole home directory can change files that a login runs anyway.
    boolean isHome = ssh.remoteCwd().filter(List.of("~", "~/")::contains).isPresent();
    HostSearchPath.requireOutside(
        (isHome ? mounts : Stream.concat(Stream.of("."), mounts)).toList(), probe);
    return containment;
  }

  /// A function that makes the launcher of a role on this machine, after it has asked the machine.
  static Function<Probe, Launcher> launcher(Role role, ContainedEnvironment environment) {
    return switch (role.sandbox().backend()) {
      case NONE, SSH -> _ -> new PlainLauncher();
      case BWRAP -> probe -> bubblewrap(role, environment, probe);
      case DOCKER -> probe -> docker(role, environment, probe);
      case AUTO -> probe -> either(role, environment, probe);
    };
  }

  private static Launcher bubblewrap(Role role, ContainedEnvironment environment, Probe probe) {
    environment.requireUnchangeable("bwrap", "bwrap");
    return BubblewrapLauncher.prepare(
        RoleContainment.onThisMachine(role, environment.inside()), probe);
  }

  /// Never plain: without a backend that isolates, nothing runs.
  private static Launcher either(Role role, ContainedEnvironment environment, Probe probe) {
    LauncherUnavailableException first;
    try {
      return bubblewrap(role, environment, probe);
    } catch (LauncherUnavailableException e) {
      log().log(Level.INFO, "backend auto does not take bubblewrap: {0}", e.getMessage());
      first = e;
    }
    try {
      return docker(role, environment, probe);
    } catch (LauncherUnavailableException second) {
      throw new LauncherUnavailableException(
          "No sandbox backend available on this host: "
              + first.getMessage()
              + "; "
              + second.getMessage(),
          first.remedy());
    }
  }

  private static Launcher docker(Role role, ContainedEnvironment environment, Probe probe) {
    environment.requireUnchangeable("docker", "docker", "podman");
    environment.requireUnchangeableClient();
    return DockerLauncher.prepare(
        RoleContainment.onThisMachine(role, environment.inside()),
        RoleContainment.container(role.sandbox(), role.sandbox().envPassthrough()),
        probe);
  }

  private static Sandbox onThisMachine(
      Role role,
      Map<String, String> environment,
      Function<Probe, Launcher> preparation,
      Variables variables) {
    String directory = RoleContainment.directoryOf(role);
    String backend = role.sandbox().backend().name().toLowerCase(Locale.ROOT);
    return new Sandbox(
        new SandboxHost(backend, Optional.empty(), Optional.of(directory))
            .among(role.security().sandboxName()),
        new LocalTransport(environment),
        preparation,
        variables);
  }

  public static SshTarget target(SshSettings settings) {
    return new SshTarget(
        settings.host(),
        settings.identityFile(),
        settings.configFile(),
        settings.connectTimeout(),
        settings.controlPersist(),
        settings.shellAhead() ? SshTarget.Ahead.SHELL : SshTarget.Ahead.CHANNEL,
        Optional.empty());
  }

  private static Transport transport(SshSettings settings, Login login) {
    SshTarget target = login.target().apply(target(settings));
    return switch (settings.transport()) {
      case AUTO -> new OpenSshTransport(target, login.logins());
      case PROCESS -> new SshProcessTransport(target, login.logins());
    };
  }

  private static System.Logger log() {
    return System.getLogger(RoleSandbox.class.getName());
  }
}
