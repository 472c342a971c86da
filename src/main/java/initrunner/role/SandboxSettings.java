package initrunner.role;

import java.util.List;
import java.util.Optional;

/// `spec.security.sandbox`: where tool calls run, and how contained.
///
/// @param ssh set whenever the role has an `ssh` block; always set when the backend is
///   [Backend#SSH]
public record SandboxSettings(
    Backend backend,
    Network network,
    List<String> allowedReadPaths,
    List<String> allowedWritePaths,
    String memoryLimit,
    double cpuLimit,
    boolean readOnlyRootfs,
    List<BindMount> bindMounts,
    List<String> envPassthrough,
    DockerSettings docker,
    Optional<SshSettings> ssh) {

  /// The values of `backend`.
  public enum Backend {
    AUTO,
    BWRAP,
    DOCKER,
    SSH,
    NONE
  }

  /// The values of `network`.
  public enum Network {
    NONE,
    BRIDGE,
    HOST
  }

  /// One entry of `bind_mounts`.
  public record BindMount(String source, String target, boolean readOnly) {}

  /// `docker`.
  ///
  /// @param user `auto`, a `uid:gid`, or empty for the image's own
  /// @param runtime empty for the engine's default
  public record DockerSettings(
      String image, Optional<String> user, List<String> extraArgs, Optional<String> runtime) {

    public DockerSettings {
      extraArgs = List.copyOf(extraArgs);
    }
  }

  public SandboxSettings {
    allowedReadPaths = List.copyOf(allowedReadPaths);
    allowedWritePaths = List.copyOf(allowedWritePaths);
    bindMounts = List.copyOf(bindMounts);
    envPassthrough = List.copyOf(envPassthrough);
  }
}
