package initrunner.ssh.client;

import initrunner.exec.transport.SearchPath;
import initrunner.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Which account of which machine a host alias stands for, as `ssh -G` resolves it. Immutable.
///
/// @param way the jump hosts, or the SHA-256 of the `ProxyCommand`, that lead there; empty where
///   the machine is reached directly
public record SshDestination(String user, String hostName, String port, Optional<String> way) {

  private static final String NONE = "none";
  private static final String PROXY_JUMP = "ProxyJump ";

  /// Asks `ssh -G`, which connects to nothing; it runs what a `Match exec` of the configuration
  /// names. Blocks for ten seconds at most; an interrupt ends it, with the flag set again.
  ///
  /// @throws TransportException if the configuration cannot be used
  public static SshDestination of(SshTarget target) {
    return SshConfiguration.read(new SshClient(target, SearchPath.own()), Path.of(NONE))
        .configuration()
        .destination();
  }

  /// @param printed by `ssh -G`
  static SshDestination parse(String printed) {
    return new SshDestination(
        value(printed, "user").orElse(""),
        value(printed, "hostname").orElse(""),
        value(printed, "port").orElse(""),
        value(printed, "proxyjump")
            .map(jump -> PROXY_JUMP + jump)
            .or(() ->
                value(printed, "proxycommand").map(command -> "ProxyCommand " + digest(command))));
  }

  /// The hosts of a `ProxyJump`, as they stand there, the one that is logged in to first in front.
  public List<String> jumpHosts() {
    return way.filter(by -> by.startsWith(PROXY_JUMP))
        .map(by -> List.of(by.substring(PROXY_JUMP.length()).split(",")))
        .orElse(List.of());
  }

  private static Optional<String> value(String printed, String keyword) {
    return SshConfiguration.values(printed, keyword)
        .map(String::strip)
        .filter(value -> !value.isEmpty() && !value.equals(NONE))
        .findFirst();
  }

  /// A command line may hold what nothing else may keep.
  private static String digest(String command) {
    return Sha256.hex(command.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
  }

  /// `USER@HOST port PORT`, with the way there.
  @Override
  public String toString() {
    return user + "@" + hostName + " port " + port + way.map(by -> ", by " + by).orElse("");
  }
}
