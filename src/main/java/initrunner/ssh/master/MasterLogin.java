package initrunner.ssh.master;

import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.ssh.client.Askpass;
import initrunner.ssh.client.LoginProbe;
import initrunner.ssh.client.ProxyDiagnosis;
import initrunner.ssh.client.RcFileDiagnosis;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.shell.LoginShell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One login by the user's `ssh`, which leaves a ControlMaster behind in a process of its own, and
/// shows what the host's login shell understands. For one use; an interrupt ends the `ssh` that
/// runs and counts as its failure, with the flag set again.
record MasterLogin(
    SshClient client, SshConfiguration configuration, Path controlPath, Optional<Askpass> askpass) {

  private static final Duration MIN_PROBE_BOUND = Duration.ofSeconds(10);
  private static final Duration PROBE_SLACK = Duration.ofSeconds(5);

  /// Logs in, and leaves it to the first command to show whether the login shell understands it.
  ///
  /// @throws TransportException if that did not work, with what `ssh` said and the next step
  LoginShell runWithoutProbe() {
    LoginProbe probe = LoginProbe.random();
    SshClient.Answer answer = logIn(LoginProbe.NONE);
    if (answer.status() != 0) {
      throw explained(SshDiagnosis.ofProbe(client.target(), answer.status(), probe.said(answer)));
    }
    return probe.untried();
  }

  /// Logs in and learns what the login shell understands.
  ///
  /// @throws TransportException if that did not work, with what `ssh` said and the next step, or if
  ///   the account does not run what it is asked to
  LoginShell run() {
    LoginProbe probe = LoginProbe.random();
    // At this level alone `ssh` says why a session was refused.
    SshClient.Answer answer = logIn(probe.line(probe.quietPosix()));
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
      throw explained(SshDiagnosis.ofProbe(client.target(), answer.status(), probe.said(answer)));
    }
    return shell.isPresent() ? learnNoise(probe) : learnShell(probe);
  }

  /// A login that has asked is not tried once more to hear what its jump hosts say.
  private TransportException explained(TransportException failed) {
    return askpass
        .filter(Askpass::hasAsked)
        .map(asked -> asked.explained(failed))
        .orElseGet(
            () -> ProxyDiagnosis.of(failed, new SshConfiguration.Read(client, configuration)));
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

  /// The run that makes the master, and the only one that may ask.
  private SshClient.Answer logIn(LoginShell.Line line) {
    if (askpass.isEmpty()) {
      return run("INFO", line);
    }
    List<String> arguments = arguments(client.asking(), "INFO", line);
    return client
        .runAsking(arguments, line.input(), bound(), askpass.get())
        .orElseThrow(this::noAnswer);
  }

  private SshClient.Answer run(String logLevel, LoginShell.Line line) {
    return client
        .run(arguments(client, logLevel, line), line.input(), bound())
        .orElseThrow(this::noAnswer);
  }

  private List<String> arguments(SshClient of, String logLevel, LoginShell.Line line) {
    boolean hasCommand = !line.equals(LoginProbe.NONE);
    // Of what says whether there is a session, ssh takes the first.
    List<String> options = new ArrayList<>(hasCommand ? List.of() : List.of("-N"));
    options.addAll(of.options(controlPath));
    SshClient.addOption(options, "LogLevel=" + logLevel);
    configuration.keepAlive().forEach(option -> SshClient.addOption(options, option));
    return of.withDestination(options, hasCommand ? Optional.of(line.command()) : Optional.empty());
  }

  private TransportException noAnswer() {
    SshTarget target = client.target();
    if (Thread.currentThread().isInterrupted()) {
      return SshDiagnosis.interrupted(target);
    }
    return Master.pid(controlPath).isPresent()
        ? SshDiagnosis.hangs(target, bound())
        : SshDiagnosis.timedOut(target, "");
  }

  private Duration bound() {
    Duration asked = client.target().connectTimeout().plus(PROBE_SLACK);
    return asked.compareTo(MIN_PROBE_BOUND) > 0 ? asked : MIN_PROBE_BOUND;
  }
}
