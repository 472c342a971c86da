package initrunner.role;

import java.util.List;
import java.util.Optional;

/// `spec.security.sandbox`: where tool calls run, and how contained.
///
/// @param secretEnv names of variables of this process whose values tools get, whatever their names
///   look like; never a value
/// @param processLimit empty where a container has its default and a cluster's job none
/// @param fileSizeLimit digits with a unit behind them; empty for no limit
/// @param limits what happens where a limit cannot be enforced that the role asks for
/// @param askedLimits whether it asks for any of memory, processors and processes
/// @param ssh set whenever the role has an `ssh` block; always set when the backend is
///   [Backend#SSH]
public record SandboxSettings(
    Backend backend,
    Network network,
    List<String> allowedReadPaths,
    List<String> allowedWritePaths,
    String memoryLimit,
    double cpuLimit,
    Optional<Integer> processLimit,
    Optional<String> fileSizeLimit,
    boolean readOnlyRootfs,
    List<BindMount> bindMounts,
    List<String> envPassthrough,
    List<String> secretEnv,
    LimitPolicy limits,
    AskedLimits askedLimits,
    DockerSettings docker,
    Optional<SshSettings> ssh) {

  /// One where no key is written.
  public static final SandboxSettings DEFAULT =
      new SandboxSettings(
          Backend.NONE,
          Network.NONE,
          List.of(),
          List.of(),
          "256m",
          1.0,
          Optional.empty(),
          Optional.empty(),
          true,
          List.of(),
          List.of(),
          List.of(),
          LimitPolicy.ENFORCE,
          AskedLimits.NONE,
          DockerSettings.DEFAULT,
          Optional.empty());

  /// The values of `backend`.
  public enum Backend {
    AUTO,
    BWRAP,
    DOCKER,
    SSH,
    NONE;

    /// Whether commands are contained on this machine.
    public boolean containsHere() {
      return switch (this) {
        case AUTO, BWRAP, DOCKER -> true;
        case SSH, NONE -> false;
      };
    }
  }

  /// The values of `network`.
  public enum Network {
    NONE,
    BRIDGE,
    HOST
  }

  /// The values of `limits`.
  public enum LimitPolicy {
    /// A limit that the place cannot enforce keeps commands from running there.
    ENFORCE,
    /// It is let go.
    BEST_EFFORT
  }

  /// Whether the role itself names a limit, or has the defaults.
  public enum AskedLimits {
    NONE,
    SOME
  }

  /// One entry of `bind_mounts`.
  public record BindMount(String source, String target, boolean readOnly) {}

  /// `docker`.
  ///
  /// @param user `auto`, a `uid:gid`, or empty for the image's own
  /// @param runtime empty for the engine's default
  public record DockerSettings(
      String image, Optional<String> user, List<String> extraArgs, Optional<String> runtime) {

    public static final DockerSettings DEFAULT =
        new DockerSettings("python:3.12-slim", Optional.of("auto"), List.of(), Optional.empty());

    public DockerSettings {
      extraArgs = List.copyOf(extraArgs);
    }
  }

  /// One at a host, with the defaults of all else.
  public static SandboxSettings over(SshSettings ssh) {
    return DEFAULT.with(Backend.SSH, Optional.of(ssh));
  }

  /// The same elsewhere.
  public SandboxSettings with(Backend other, Optional<SshSettings> host) {
    return new SandboxSettings(
        other,
        network,
        allowedReadPaths,
        allowedWritePaths,
        memoryLimit,
        cpuLimit,
        processLimit,
        fileSizeLimit,
        readOnlyRootfs,
        bindMounts,
        envPassthrough,
        secretEnv,
        limits,
        askedLimits,
        docker,
        host);
  }

  public SandboxSettings {
    allowedReadPaths = List.copyOf(allowedReadPaths);
    allowedWritePaths = List.copyOf(allowedWritePaths);
    bindMounts = List.copyOf(bindMounts);
    envPassthrough = List.copyOf(envPassthrough);
    secretEnv = List.copyOf(secretEnv);
  }
}
