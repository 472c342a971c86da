package initrunner.role;

import initrunner.text.SafeText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// `spec.security.sandbox.ssh`.
///
/// @param host an alias of the user's ssh configuration, or `user@hostname`
/// @param remoteCwd where every remote command starts; empty means the login directory
/// @param identityFile handed to `ssh -i`
/// @param configFile handed to `ssh -F`
/// @param connectTimeout of the connection, whole seconds
/// @param controlPersist how long the idle connection stays, an OpenSSH time (`60s`, `1h30m`) or
///   `yes`/`no`
/// @param transport how commands travel
/// @param shellAhead whether a login shell may wait on the host for the next command
/// @param launcher how they are started on the host
/// @param slurm for [Launcher#SLURM]
public record SshSettings(
    String host,
    Optional<String> remoteCwd,
    Optional<Path> identityFile,
    Optional<Path> configFile,
    Duration connectTimeout,
    String controlPersist,
    Transport transport,
    boolean shellAhead,
    Launcher launcher,
    SlurmSettings slurm) {

  /// One where commands are started as they are.
  public SshSettings(
      String host,
      Optional<String> remoteCwd,
      Optional<Path> identityFile,
      Optional<Path> configFile,
      Duration connectTimeout,
      String controlPersist,
      Transport transport) {
    this(
        host,
        remoteCwd,
        identityFile,
        configFile,
        connectTimeout,
        controlPersist,
        transport,
        true,
        Launcher.NONE,
        SlurmSettings.DEFAULT);
  }

  /// Whether a host is one word, of which every character is seen.
  public static boolean isOneWord(String host) {
    return host.codePoints()
        .noneMatch(
            c -> Character.isWhitespace(c) || Character.isSpaceChar(c) || SafeText.isInvisible(c));
  }

  /// The values of `launcher`.
  public enum Launcher {
    /// As they are: what the account may, they may.
    NONE,
    /// Inside bubblewrap, on the host.
    BWRAP,
    /// Each in a container of its own, on the host.
    DOCKER,
    /// Each as a job of the cluster that the host is a login node of.
    SLURM
  }

  /// The values of `transport`.
  public enum Transport {
    /// Over one shared connection, or by a process for each command where the client cannot share.
    AUTO,
    /// By an `ssh` process for each command.
    PROCESS
  }
}
