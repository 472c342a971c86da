package initrunner.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The host to reach and how `ssh` is to be called for it. Everything else about the connection is
/// the user's ssh configuration's.
///
/// @param host an alias of that configuration, or `user@hostname`
/// @param identityFile handed to `ssh -i`
/// @param configFile handed to `ssh -F`
/// @param connectTimeout whole seconds, at least one (`ConnectTimeout`)
/// @param controlPersist how long an idle master stays, an OpenSSH time (`ControlPersist`)
public record SshTarget(
    String host,
    Optional<Path> identityFile,
    Optional<Path> configFile,
    Duration connectTimeout,
    String controlPersist) {

  /// A host with the default timeouts and the user's own configuration.
  public static SshTarget of(String host) {
    return new SshTarget(host, Optional.empty(), Optional.empty(), Duration.ofSeconds(10), "60s");
  }
}
