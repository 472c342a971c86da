package initrunner.role;

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
public record SshSettings(
    String host,
    Optional<String> remoteCwd,
    Optional<Path> identityFile,
    Optional<Path> configFile,
    Duration connectTimeout,
    String controlPersist,
    Transport transport) {

  /// The values of `transport`.
  public enum Transport {
    /// Over one shared connection, or by a process for each command where the client cannot share.
    AUTO,
    /// By an `ssh` process for each command.
    PROCESS
  }
}
