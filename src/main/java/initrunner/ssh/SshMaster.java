package initrunner.ssh;

import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.Uninterrupted;
import initrunner.ssh.LoginShell.Quoting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/// One OpenSSH ControlMaster of ours: started, probed, looked after and ended through the user's
/// `ssh`. Its connection lives in a process of its own, which ends when we say so, or when nobody
/// used it for `ControlPersist`.
///
/// Immutable; safe for many threads. Every method runs `ssh` and blocks until it is done; an
/// interrupt ends that `ssh` (but not one of [#exit]) and counts as its failure, with the flag set
/// again.
final class SshMaster {

  private static final Duration MIN_PROBE_BOUND = Duration.ofSeconds(10);
  private static final Duration PROBE_SLACK = Duration.ofSeconds(5);
  private static final Duration CONTROL_BOUND = Duration.ofSeconds(5);

  /// The status of an `ssh` that did not get as far as the command.
  private static final int SSH_FAILED = 255;

  private final SshClient client;
  private final SshConfiguration configuration;
  private final Path controlPath;

  SshMaster(SshClient client, SshConfiguration configuration, Path controlPath) {
    this.client = client;
    this.configuration = configuration;
    this.controlPath = controlPath;
  }

  Path controlPath() {
    return controlPath;
  }

  /// Logs in, leaves the master behind, and learns how the login shell is to be spoken to.
  ///
  /// @throws TransportException if that did not work, with what `ssh` said and the next step, or if
  ///   the account does not run what it is asked to
  LoginShell start() {
    String nonce = nonce();
    // The reason for a refused session is told at this level only.
    SshClient.Answer answer = probe("INFO", LoginShell.probe(nonce));
    Optional<LoginShell> shell = LoginShell.probed(Quoting.POSIX, nonce, answer);
    if (shell.filter(LoginShell::quiet).isPresent()) {
      return shell.get();
    }
    // What ssh itself had to say is no noise of the shell's, and a shell that reads another syntax
    // than the probe's may fail for that alone.
    if (answer.status() != 0 && answer.status() != SSH_FAILED) {
      answer = probe("INFO", new LoginShell.Line("true", Stdin.nothing()));
    }
    if (answer.status() != 0) {
      String said = answer.stderr().isBlank() ? answer.stdout() : answer.stderr();
      throw SshDiagnosis.ofProbe(client.target().host(), answer.status(), said);
    }
    return learnShell(nonce);
  }

  private LoginShell learnShell(String nonce) {
    return LoginShell.probed(Quoting.POSIX, nonce, probe("ERROR", LoginShell.probe(nonce)))
        .orElseGet(() -> learnOtherShell(client.target().host(), nonce));
  }

  private LoginShell learnOtherShell(String host, String nonce) {
    SshClient.Answer answer = probe("ERROR", LoginShell.probeBySh(nonce));
    Optional<LoginShell> shell = LoginShell.probed(Quoting.OTHER, nonce, answer);
    if (shell.isPresent()) {
      return shell.get();
    }
    String said = SshDiagnosis.shown(answer.stdout().isBlank() ? answer.stderr() : answer.stdout());
    throw SshDiagnosis.of(
        Kind.FORBIDDEN,
        host,
        "'"
            + host
            + "' does not run the commands it is given: it answered rc="
            + answer.status()
            + " and "
            + (said.isEmpty() ? "nothing else" : said),
        "The key or the account is bound to a command of its own (ForceCommand, command= in"
            + " authorized_keys, a login shell that takes no commands): use another key or account.");
  }

  private SshClient.Answer probe(String logLevel, LoginShell.Line line) {
    List<String> options = client.options(controlPath);
    SshClient.addOption(options, "LogLevel=" + logLevel);
    configuration.keepAlive().forEach(option -> SshClient.addOption(options, option));
    return client
        .run(client.withDestination(options, Optional.of(line.command())), line.input(), bound())
        .orElseThrow(this::noAnswer);
  }

  private TransportException noAnswer() {
    String host = client.target().host();
    if (Thread.currentThread().isInterrupted()) {
      return SshDiagnosis.interrupted(host);
    }
    return pid().isPresent() ? SshDiagnosis.hangs(host, bound()) : SshDiagnosis.timedOut(host, "");
  }

  private Duration bound() {
    Duration asked = client.target().connectTimeout().plus(PROBE_SLACK);
    return asked.compareTo(MIN_PROBE_BOUND) > 0 ? asked : MIN_PROBE_BOUND;
  }

  /// The process id of the master, if it answers on its socket.
  OptionalLong pid() {
    return MasterControl.pid(controlPath, CONTROL_BOUND);
  }

  /// Ends the master; every command on it loses its link. Never throws; an interrupt is kept for
  /// later.
  ///
  /// @return whether the master has said that it ends
  boolean exit() {
    return exit(controlPath);
  }

  /// The same for a master that somebody else has started.
  static boolean exit(Path controlPath) {
    return Uninterrupted.get(() -> MasterControl.terminate(controlPath, CONTROL_BOUND));
  }

  private static String nonce() {
    // Only to be told from what an account's shell says by itself; it is no secret.
    return "@initrunner-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }
}
