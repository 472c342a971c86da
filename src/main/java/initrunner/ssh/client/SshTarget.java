package initrunner.ssh.client;

import initrunner.ssh.shell.RemoteCommandLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The host to reach and how `ssh` is to be called for it. Everything else about the connection is
/// the user's ssh configuration's.
///
/// @param host an alias of that configuration, or `user@hostname`
/// @param identityFile handed to `ssh -i`
/// @param configFile handed to `ssh -F`
/// @param connectTimeout whole seconds, at least one (`ConnectTimeout`)
/// @param controlPersist how long an idle master stays, an OpenSSH time (`ControlPersist`)
/// @param ahead what is made ready on the host before a command needs it
/// @param known what `ssh -G` has said of the host; empty where it is yet to be asked
public record SshTarget(
    String host,
    Optional<Path> identityFile,
    Optional<Path> configFile,
    Duration connectTimeout,
    String controlPersist,
    Ahead ahead,
    Optional<SshConfiguration> known) {

  /// What is made ready on a host before a command needs it.
  public enum Ahead {
    /// A channel, and later a login shell on it.
    SHELL,
    CHANNEL,
    /// Nothing, for one command: the first command shows whether the login shell understands it.
    NOTHING
  }

  private static final Pattern WORD = Pattern.compile("\\{(ssh|host|config)}");
  private static final String URI = "ssh://";

  /// One where a shell may wait.
  public SshTarget(
      String host,
      Optional<Path> identityFile,
      Optional<Path> configFile,
      Duration connectTimeout,
      String controlPersist) {
    this(
        host,
        identityFile,
        configFile,
        connectTimeout,
        controlPersist,
        Ahead.SHELL,
        Optional.empty());
  }

  /// A host with the default timeouts and the user's own configuration.
  public static SshTarget of(String host) {
    return new SshTarget(host, Optional.empty(), Optional.empty(), Duration.ofSeconds(10), "60s");
  }

  /// The same for another host.
  SshTarget to(String other) {
    return new SshTarget(
        other, identityFile, configFile, connectTimeout, controlPersist, ahead, known);
  }

  /// The same for one command.
  ///
  /// @param answer of `ssh -G`, if it was asked
  public SshTarget forOneCommand(Optional<SshConfiguration> answer) {
    return new SshTarget(
        host, identityFile, configFile, connectTimeout, controlPersist, Ahead.NOTHING, answer);
  }

  /// The same with its login shell asked what it understands before the first command.
  public SshTarget withKnownShell() {
    return ahead == Ahead.NOTHING
        ? new SshTarget(
            host, identityFile, configFile, connectTimeout, controlPersist, Ahead.CHANNEL, known)
        : this;
  }

  /// Advice that names an `ssh` command for a person to type, which reaches this target as calls
  /// do. In the text, `{ssh}` becomes `ssh` with the files of this target, `{host}` the host, and
  /// `{config}` the configuration that `ssh` reads. The first two are quoted for a shell.
  public String inAdvice(String text) {
    List<String> ssh = new ArrayList<>(List.of("ssh"));
    configFile.ifPresent(file -> ssh.addAll(List.of("-F", file.toString())));
    identityFile.ifPresent(file -> ssh.addAll(List.of("-i", file.toString())));
    Map<String, String> words =
        Map.of(
            "ssh", RemoteCommandLine.quoteAll(ssh),
            "host", RemoteCommandLine.quote(host),
            "config",
                configFile
                    .map(file -> file + ", which stands in place of ~/.ssh/config")
                    .orElse("~/.ssh/config"));
    return WORD.matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(words.get(found.group(1))));
  }

  /// A host that `ssh` passes on the way to this one: its login reads the same configuration, but
  /// has no `-i`.
  ///
  /// @param hop as `ProxyJump` names it: `[user@]host[:port]` or a URI
  SshTarget jumpHost(String hop) {
    boolean hasPort = hop.matches(".*[^:]:[0-9]+|.*]:[0-9]+");
    boolean isUri = hop.startsWith(URI);
    return new SshTarget(
        hasPort && !isUri ? URI + hop : hop,
        Optional.empty(),
        configFile,
        connectTimeout,
        controlPersist,
        ahead,
        Optional.empty());
  }
}
