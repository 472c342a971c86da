package initrunner.ssh.client;

import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Why there is no way to a host through its `ProxyJump` or `ProxyCommand`. A master that stays
/// behind drops what the `ssh` of a jump host says; one more try without a master hears it.
///
/// `ssh -J a,b HOST` is three processes: one for each login, each on the input and output of the
/// next. All of them but the one that failed say that their own connection, which has no address,
/// was closed; so the number of those lines tells which one it was.
public final class ProxyDiagnosis {

  /// How OpenSSH writes the peer of a connection that has no address.
  private static final String NO_ADDRESS = "UNKNOWN port 65535";

  private static final String TIMED_OUT = "timed out";

  private static final Duration SLACK = Duration.ofSeconds(5);

  private ProxyDiagnosis() {}

  /// What a failed login was really about. Blocks while `ssh` runs once more, for little longer
  /// than `ConnectTimeout`.
  ///
  /// @param failed as it was found
  public static TransportException of(TransportException failed, SshConfiguration.Read read) {
    List<String> hops = read.configuration().destination().jumpHosts();
    String found = String.valueOf(failed.getMessage());
    boolean isKnown = !read.configuration().equals(SshConfiguration.EMPTY);
    if (!isKnown || !found.contains(NO_ADDRESS)) {
      return failed;
    }
    if (found.contains(TIMED_OUT)) {
      return silent(failed, read.client().target(), hops);
    }
    return ask(read.client())
        .filter(answer -> answer.status() != 0)
        .flatMap(answer -> explained(read.client().target(), hops, answer.stderr()))
        .orElse(failed);
  }

  private static Optional<SshClient.Answer> ask(SshClient client) {
    List<String> options = client.optionsAlone();
    SshClient.addOption(options, "LogLevel=INFO");
    return client.run(
        client.withDestination(options, Optional.of("true")),
        Stdin.nothing(),
        client.target().connectTimeout().plus(SLACK));
  }

  private static Optional<TransportException> explained(
      SshTarget target, List<String> hops, String said) {
    int waiting = (int) said.lines().filter(line -> line.contains(NO_ADDRESS)).count();
    String why =
        said.lines().filter(line -> !isOfThoseWaiting(line)).collect(Collectors.joining("\n"));
    if (why.isBlank() || waiting == 0) {
      return Optional.empty();
    }
    if (hops.isEmpty()) {
      return Optional.of(SshDiagnosis.ofHop(target, "its ProxyCommand", target, why));
    }
    int hop = hops.size() - waiting;
    String name = hops.get(Math.max(0, hop));
    String before =
        hop < 0
            ? "what its jump host '" + name + "' is reached through"
            : "its jump host '" + name + "'";
    SshTarget next =
        hop + 1 < hops.size() ? target.jumpHost(hops.get(Math.max(0, hop + 1))) : target;
    return Optional.of(
        why.contains("open failed")
            ? SshDiagnosis.unreachableFrom(target, name, next, why)
            : SshDiagnosis.ofHop(target, before, target.jumpHost(name), why));
  }

  /// What the processes say that only lost the one behind them.
  private static boolean isOfThoseWaiting(String line) {
    return line.contains(NO_ADDRESS)
        || line.startsWith("kex_exchange_identification:")
        || line.startsWith("banner exchange:")
        || line.startsWith("stdio forwarding failed");
  }

  private static TransportException silent(
      TransportException failed, SshTarget target, List<String> hops) {
    String through =
        hops.isEmpty() ? "its ProxyCommand" : "its jump host '" + String.join("', '", hops) + "'";
    SshTarget first = hops.isEmpty() ? target : target.jumpHost(hops.getFirst());
    return SshDiagnosis.of(
        failed.kind(),
        target,
        "ssh connection to '" + target.host() + "' timed out on the way through " + through,
        "See whether the way there works by itself: "
            + first.inAdvice("{ssh} -o BatchMode=yes {host} true")
            + ". "
            + failed.remedy());
  }
}
