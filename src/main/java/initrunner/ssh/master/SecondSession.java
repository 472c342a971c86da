package initrunner.ssh.master;

import initrunner.exec.Command;
import initrunner.exec.transport.Deadline;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.shell.LoginShell;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A look at a host beside the calls on a connection. Stateless, safe for many threads.
public final class SecondSession {

  /// What a look keeps for a connection of its own.
  private static final Duration OWN_CONNECTION = Duration.ofSeconds(5);

  private SecondSession() {}

  /// Runs a command in a session of its own beside the others; if the master has none left, over a
  /// connection of its own. Blocks up to the bound in all.
  ///
  /// @return empty if neither gave an answer, or there is no time for one
  public static Optional<SshClient.Answer> run(Master master, Command command, Duration bound) {
    if (!bound.isPositive()) {
      return Optional.empty();
    }
    SshClient ssh = master.client();
    LoginShell.Line line = master.shell().line(command);
    Deadline until = Deadline.in(bound);
    List<String> shared = ssh.options(master.controlPath());
    shared.addAll(List.of("-o", "LogLevel=ERROR", "-o", "ProxyCommand=false"));
    Duration first =
        bound.compareTo(OWN_CONNECTION.multipliedBy(2)) > 0
            ? bound.minus(OWN_CONNECTION)
            : bound.dividedBy(2);
    Optional<SshClient.Answer> answer = run(ssh, shared, line, first);
    if (answer.isPresent() && answer.get().status() != SshClient.FAILED) {
      return answer;
    }
    List<String> alone = ssh.optionsAlone();
    alone.addAll(List.of("-o", "LogLevel=ERROR"));
    return run(ssh, alone, line, until.left());
  }

  private static Optional<SshClient.Answer> run(
      SshClient ssh, List<String> options, LoginShell.Line line, Duration bound) {
    return ssh.run(ssh.withDestination(options, Optional.of(line.command())), line.input(), bound);
  }
}
