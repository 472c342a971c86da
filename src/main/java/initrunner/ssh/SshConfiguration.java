package initrunner.ssh;

import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the user's ssh configuration says about a host, as far as it is ours to honour: `ssh -G`
/// has read the files, matched the blocks and filled in the defaults.
///
/// @param serverAliveSeconds `ServerAliveInterval`; 0 where the user has none
/// @param forwardsAgent whether `ForwardAgent` is on
/// @param sendEnv patterns of `SendEnv`
/// @param setEnv `NAME=value` of `SetEnv`
record SshConfiguration(
    int serverAliveSeconds, boolean forwardsAgent, List<String> sendEnv, List<String> setEnv) {

  private static final Duration BOUND = Duration.ofSeconds(10);

  SshConfiguration {
    sendEnv = List.copyOf(sendEnv);
    setEnv = List.copyOf(setEnv);
  }

  /// Asks `ssh -G`. Nothing is connected to. Blocks while `ssh` runs.
  ///
  /// @throws TransportException if the configuration cannot be read
  static SshConfiguration read(SshClient client, List<String> options) {
    String host = client.target().host();
    List<String> arguments = new ArrayList<>(options);
    arguments.add("-G");
    SshClient.Answer answer =
        client
            .run(
                client.withDestination(arguments, java.util.Optional.empty()),
                Stdin.nothing(),
                BOUND)
            .orElseThrow(() ->
                SshDiagnosis.of(
                    Kind.CLIENT_CONFIGURATION,
                    host,
                    "ssh -G '" + host + "' did not end within " + BOUND.toSeconds() + " s",
                    "Look for a Match exec in the ssh configuration that hangs."));
    if (answer.status() != 0) {
      throw SshDiagnosis.of(
          Kind.CLIENT_CONFIGURATION,
          host,
          "the ssh configuration for '"
              + host
              + "' cannot be used: "
              + SshDiagnosis.shown(answer.stderr()),
          "Correct it, then try by hand: ssh -G {host}");
    }
    return parse(answer.stdout());
  }

  static SshConfiguration parse(String printed) {
    int serverAliveSeconds = 0;
    boolean forwardsAgent = false;
    List<String> sendEnv = new ArrayList<>();
    List<String> setEnv = new ArrayList<>();
    for (String line : printed.lines().toList()) {
      int space = line.indexOf(' ');
      String value = space < 0 ? "" : line.substring(space + 1);
      switch (space < 0 ? line : line.substring(0, space).toLowerCase(Locale.ROOT)) {
        case "serveraliveinterval" -> serverAliveSeconds = Integer.parseInt(value);
        case "forwardagent" -> forwardsAgent = !value.equals("no");
        case "sendenv" -> sendEnv.add(value);
        case "setenv" -> setEnv.add(value);
        default -> {
          // Everything else is between ssh and the server.
        }
      }
    }
    return new SshConfiguration(serverAliveSeconds, forwardsAgent, sendEnv, setEnv);
  }

  /// Options that let a dead link be noticed within a minute, where the user has none.
  List<String> keepAlive() {
    return serverAliveSeconds > 0
        ? List.of()
        : List.of("ServerAliveInterval=15", "ServerAliveCountMax=3");
  }
}
