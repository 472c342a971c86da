package initrunner.ssh.master;

import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.transport.Uninterrupted;
import initrunner.ssh.client.LoginProbe;
import initrunner.ssh.client.ProxyDiagnosis;
import initrunner.ssh.client.RcFileDiagnosis;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.MasterControl;
import initrunner.ssh.shell.LoginShell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One OpenSSH ControlMaster of ours: started, probed, looked after and ended through the user's
/// `ssh`. Its connection lives in a process of its own, which ends when we say so, or when nobody
/// used it for `ControlPersist`.
///
/// Immutable; safe for many threads. Every method runs `ssh` and blocks until it is done; an
/// interrupt ends that `ssh` (but not one of [#exit]) and counts as its failure, with the flag set
/// again.
public final class SshMaster {

  private static final Duration MIN_PROBE_BOUND = Duration.ofSeconds(10);
  private static final Duration PROBE_SLACK = Duration.ofSeconds(5);
  private static final Duration CONTROL_BOUND = Duration.ofSeconds(5);

  private final SshClient client;
  private final SshConfiguration configuration;
  private final Path controlPath;

  SshMaster(SshClient client, SshConfiguration configuration, Path controlPath) {
    this.client = client;
    this.configuration = configuration;
    this.controlPath = controlPath;
  }

  public Path controlPath() {
    return controlPath;
  }

  /// Logs in, leaves the master behind, and learns how the login shell is to be spoken to.
  ///
  /// @throws TransportException if that did not work, with what `ssh` said and the next step, or if
  ///   the account does not run what it is asked to
  LoginShell start() {
    LoginProbe probe = LoginProbe.random();
    // The reason for a refused session is told at this level only.
    SshClient.Answer answer = run("INFO", probe.line(probe.quietPosix()));
    Optional<LoginShell> shell = probe.shell(probe.quietPosix(), answer);
    if (shell.filter(LoginShell::quiet).isPresent()) {
      return shell.get();
    }
    // What ssh itself had to say is no noise of the shell's, and a shell that reads another syntax
    // than the probe's may fail for that alone.
    if (!LoginProbe.ran(answer) && answer.status() != SshClient.FAILED) {
      answer = run("INFO", new LoginShell.Line("true", Stdin.nothing()));
    }
    if (answer.status() != 0 && !LoginProbe.ran(answer)) {
      String said = answer.stderr().isBlank() ? answer.stdout() : answer.stderr();
      throw ProxyDiagnosis.of(
          SshDiagnosis.ofProbe(client.target(), answer.status(), said),
          new SshConfiguration.Read(client, configuration));
    }
    return shell.isPresent() ? learnNoise(probe) : learnShell(probe);
  }

  private LoginShell learnNoise(LoginProbe probe) {
    SshClient.Answer answer = run("ERROR", probe.line(probe.quietPosix()));
    return probe
        .shell(probe.quietPosix(), answer)
        .filter(LoginShell::quiet)
        .orElseGet(() -> learnShell(probe));
  }

  /// A shell that is not quiet, or no POSIX shell, has to start a `sh` for commands.
  private LoginShell learnShell(LoginProbe probe) {
    SshClient.Answer posix = run("ERROR", probe.line(probe.noisyPosix()));
    Optional<LoginShell> shell = probe.shell(probe.noisyPosix(), posix);
    if (shell.isPresent()) {
      return shell.get();
    }
    SshClient.Answer other = run("ERROR", probe.line(probe.other()));
    return probe.shell(probe.other(), other).orElseThrow(() -> refusal(probe, posix, other));
  }

  private TransportException refusal(
      LoginProbe probe, SshClient.Answer posix, SshClient.Answer other) {
    SshTarget target = client.target();
    return probe.isInputTaken(posix) || probe.isInputTaken(other)
        ? RcFileDiagnosis.inputTaken(target)
        : RcFileDiagnosis.ofNoCommands(target, other);
  }

  private SshClient.Answer run(String logLevel, LoginShell.Line line) {
    List<String> options = client.options(controlPath);
    SshClient.addOption(options, "LogLevel=" + logLevel);
    configuration.keepAlive().forEach(option -> SshClient.addOption(options, option));
    return client
        .run(client.withDestination(options, Optional.of(line.command())), line.input(), bound())
        .orElseThrow(this::noAnswer);
  }

  private TransportException noAnswer() {
    SshTarget target = client.target();
    if (Thread.currentThread().isInterrupted()) {
      return SshDiagnosis.interrupted(target);
    }
    return pid().isPresent()
        ? SshDiagnosis.hangs(target, bound())
        : SshDiagnosis.timedOut(target, "");
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

  /// The same, waiting for its answer no longer than this.
  boolean exit(Duration bound) {
    return Uninterrupted.get(() -> MasterControl.terminate(controlPath, bound));
  }

  /// The same for a master that somebody else has started.
  static boolean exit(Path controlPath) {
    return Uninterrupted.get(() -> MasterControl.terminate(controlPath, CONTROL_BOUND));
  }
}
