package initrunner.ssh.client;

import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the user's ssh configuration says about a host, as far as it is ours to honour: `ssh -G`
/// has read the files, matched the blocks and filled in the defaults.
///
/// @param serverAliveSeconds `ServerAliveInterval`; 0 where the user has none
/// @param forwardsAgent whether `ForwardAgent` is on
/// @param sendEnv patterns of `SendEnv`
/// @param setEnv `NAME=value` of `SetEnv`
/// @param destination what the host stands for
public record SshConfiguration(
    int serverAliveSeconds,
    boolean forwardsAgent,
    List<String> sendEnv,
    List<String> setEnv,
    SshDestination destination) {

  public static final SshConfiguration EMPTY = parse("");

  private static final Duration BOUND = Duration.ofSeconds(10);

  /// What `readconf.c` says of an option on the command line.
  private static final Pattern UNKNOWN_OPTION =
      Pattern.compile("command-line: line \\d+: Bad configuration option: (\\w+)");

  public SshConfiguration {
    sendEnv = List.copyOf(sendEnv);
    setEnv = List.copyOf(setEnv);
  }

  /// A configuration, and the client with the options that it knows.
  public record Read(SshClient client, SshConfiguration configuration) {}

  /// Asks `ssh -G`. Nothing is connected to. Blocks while `ssh` runs.
  ///
  /// @throws TransportException if the configuration cannot be used
  static Read read(SshClient newest, Path controlPath) {
    SshClient client = newest;
    while (true) {
      SshClient.Answer answer = ask(client, controlPath);
      if (answer.status() == 0) {
        return new Read(client, parse(answer.stdout()));
      }
      Matcher unknown = UNKNOWN_OPTION.matcher(answer.stderr());
      Optional<SshClient> older =
          unknown.find() ? client.without(unknown.group(1)) : Optional.empty();
      client = older.orElseThrow(() -> unusable(newest.target(), answer));
    }
  }

  private static SshClient.Answer ask(SshClient client, Path controlPath) {
    SshTarget target = client.target();
    List<String> arguments =
        client.withDestination(question(client, controlPath), Optional.empty());
    return client
        .run(arguments, Stdin.nothing(), BOUND)
        .orElseThrow(() ->
            Thread.currentThread().isInterrupted()
                ? SshDiagnosis.interrupted(target)
                : SshDiagnosis.of(
                    Kind.CLIENT_CONFIGURATION,
                    target,
                    "ssh -G '" + target.host() + "' did not end within " + BOUND.toSeconds() + " s",
                    "Look for a Match exec in the ssh configuration that hangs."));
  }

  /// The arguments in front of a host.
  static List<String> question(SshClient client, Path controlPath) {
    // Debian's ssh has a keep-alive of 300 s in batch mode, where the user has none.
    List<String> arguments = new ArrayList<>(List.of("-o", "BatchMode=no"));
    arguments.addAll(client.options(controlPath));
    arguments.addAll(List.of("-o", "LogLevel=ERROR", "-G"));
    return arguments;
  }

  static TransportException unusable(SshTarget target, SshClient.Answer answer) {
    String said = SshDiagnosis.shown(answer.stderr());
    return SshDiagnosis.of(
        Kind.CLIENT_CONFIGURATION,
        target,
        "the ssh configuration for '"
            + target.host()
            + "' cannot be used: "
            + (said.isEmpty() ? "ssh -G says nothing, rc=" + answer.status() : said),
        remedy(said));
  }

  private static String remedy(String said) {
    if (said.startsWith("No user exists for uid")) {
      return "ssh runs only for an account that this machine knows: run it as one, or add this one"
          + " to /etc/passwd (in a container, in its image).";
    }
    return (said.isEmpty() ? "Try" : "Correct what is named above, then try")
        + " by hand: {ssh} -G {host}";
  }

  /// Reads what `ssh -G` prints.
  ///
  /// @param printed by `ssh -G`
  public static SshConfiguration parse(String printed) {
    return new SshConfiguration(
        values(printed, "serveraliveinterval").findFirst().map(Integer::valueOf).orElse(0),
        values(printed, "forwardagent").anyMatch(value -> !value.equals("no")),
        values(printed, "sendenv").toList(),
        values(printed, "setenv").toList(),
        SshDestination.parse(printed));
  }

  /// What `ssh -G` has printed behind a keyword, which it writes in small letters.
  static Stream<String> values(String printed, String keyword) {
    return printed
        .lines()
        .filter(line -> line.startsWith(keyword + " "))
        .map(line -> line.substring(keyword.length() + 1));
  }

  public boolean hasKeepAlive() {
    return serverAliveSeconds > 0;
  }

  /// Options that let a dead link be noticed within a minute, where the user has none.
  public List<String> keepAlive() {
    return hasKeepAlive() ? List.of() : List.of("ServerAliveInterval=15", "ServerAliveCountMax=3");
  }
}
