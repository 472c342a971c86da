package initrunner.runtime.confine;

import initrunner.launch.Containment;
import initrunner.launch.Mount;
import initrunner.launch.NetworkAccess;
import initrunner.launch.ResourceLimits;
import initrunner.launch.docker.DockerOptions;
import initrunner.launch.slurm.SlurmRequest;
import initrunner.role.Role;
import initrunner.role.sandbox.ByteSize;
import initrunner.role.sandbox.DockerSettings;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.BindMount;
import initrunner.role.sandbox.SlurmSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Translates a role's isolation settings for launchers. Stateless.
public final class RoleContainment {

  /// The path of the role's directory inside of the sandbox.
  private static final String ROLE_DIRECTORY = "/role";

  private RoleContainment() {}

  /// For this machine: relative paths start at the role's directory.
  ///
  /// @param inside variables for commands alone
  public static Containment onThisMachine(Role role, Map<String, String> inside) {
    Path directory = Path.of(directoryOf(role));
    List<Mount> mounts =
        mounts(role.sandbox(), path -> directory.resolve(path).normalize().toString());
    mounts.add(new Mount(directory.toString(), ROLE_DIRECTORY, Mount.Access.READ_ONLY));
    return containment(role.sandbox(), mounts, inside);
  }

  /// For another machine: all paths are its own.
  public static Containment onHost(SandboxSettings settings) {
    return containment(settings, mounts(settings, UnaryOperator.identity()), Map.of());
  }

  /// The options of the role's containers.
  ///
  /// @param passedOn names of the host's variables that commands get
  public static DockerOptions container(SandboxSettings settings, List<String> passedOn) {
    DockerSettings docker = settings.docker();
    return new DockerOptions(
        docker.image(),
        docker.user(),
        docker.runtime(),
        settings.readOnlyRootfs() ? Mount.Access.READ_ONLY : Mount.Access.READ_WRITE,
        docker.extraArgs(),
        passedOn);
  }

  /// The resources that each call asks of the cluster.
  public static SlurmRequest slurmRequest(SlurmSettings slurm, SandboxSettings settings) {
    return new SlurmRequest(
        slurm.partition(),
        slurm.account(),
        slurm.qos(),
        slurm.time(),
        slurm.gpus(),
        slurm.nodes(),
        slurm.extraArgs(),
        settings.processLimit(),
        limits(settings));
  }

  public static String directoryOf(Role role) {
    return Optional.ofNullable(role.file().toAbsolutePath().getParent())
        .map(Path::toString)
        .orElse("/");
  }

  private static List<Mount> mounts(SandboxSettings settings, UnaryOperator<String> resolved) {
    List<Mount> mounts = new ArrayList<>();
    for (String path : settings.allowedReadPaths()) {
      mounts.add(same(resolved.apply(path), Mount.Access.READ_ONLY));
    }
    for (String path : settings.allowedWritePaths()) {
      mounts.add(same(resolved.apply(path), Mount.Access.READ_WRITE));
    }
    for (BindMount mount : settings.bindMounts()) {
      mounts.add(
          new Mount(
              resolved.apply(mount.source()),
              mount.target(),
              mount.readOnly() ? Mount.Access.READ_ONLY : Mount.Access.READ_WRITE));
    }
    return mounts;
  }

  /// The writable mounts of a role, as it names them.
  public static Stream<String> writableOf(SandboxSettings settings) {
    return Stream.concat(
        settings.allowedWritePaths().stream(),
        settings.bindMounts().stream().filter(each -> !each.readOnly()).map(BindMount::source));
  }

  private static Mount same(String path, Mount.Access access) {
    return new Mount(path, path, access);
  }

  private static Containment containment(
      SandboxSettings settings, List<Mount> mounts, Map<String, String> inside) {
    NetworkAccess network =
        switch (settings.network()) {
          case NONE -> NetworkAccess.NONE;
          case BRIDGE -> NetworkAccess.BRIDGE;
          case HOST -> NetworkAccess.HOST;
        };
    return new Containment(network, mounts, limits(settings), inside, List.of());
  }

  /// The limits of each command of a role.
  static ResourceLimits limits(SandboxSettings settings) {
    return new ResourceLimits(
        ByteSize.bytes(settings.memoryLimit()),
        settings.cpuLimit(),
        settings.processLimit().orElse(ResourceLimits.DEFAULT_PROCESSES),
        settings.fileSizeLimit().map(ByteSize::bytes),
        policy(settings));
  }

  private static ResourceLimits.Policy policy(SandboxSettings settings) {
    return switch (settings.limits()) {
      case BEST_EFFORT -> ResourceLimits.Policy.BEST_EFFORT;
      case ENFORCE ->
          switch (settings.askedLimits()) {
            case SOME -> ResourceLimits.Policy.ENFORCE;
            case NONE -> ResourceLimits.Policy.IF_POSSIBLE;
          };
    };
  }
}
