package initrunner.ssh.master;

import initrunner.exec.Command;
import initrunner.exec.TransportException;
import initrunner.exec.transport.Deadline;
import initrunner.exec.transport.ProcessHunt;
import initrunner.exec.transport.ProcessHunt.Verdict;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.shell.LoginShell;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A hunt beside the calls on a connection. Stateless, safe for many threads.
public final class SecondSession {

  /// What a hunt keeps for a connection of its own.
  private static final Duration OWN_CONNECTION = Duration.ofSeconds(5);

  private SecondSession() {}

  /// Hunts in a session of its own beside the others; if the master has none left, over a
  /// connection of its own. Blocks up to the bound in all.
  ///
  /// @param hunter a [ProcessHunt#command]
  public static Verdict hunt(Master master, Command hunter, Duration bound) {
    if (!bound.isPositive()) {
      return Verdict.UNKNOWN;
    }
    SshClient ssh = master.client();
    LoginShell.Line line = master.shell().line(hunter);
    Deadline until = Deadline.in(bound);
    List<String> shared = ssh.options(master.controlPath());
    shared.addAll(List.of("-o", "LogLevel=ERROR", "-o", "ProxyCommand=false"));
    Duration first =
        bound.compareTo(OWN_CONNECTION.multipliedBy(2)) > 0
            ? bound.minus(OWN_CONNECTION)
            : bound.dividedBy(2);
    try {
      Optional<SshClient.Answer> answer = run(ssh, shared, line, first);
      if (answer.isEmpty() || answer.get().status() == SshClient.FAILED) {
        List<String> alone = ssh.optionsAlone();
        alone.addAll(List.of("-o", "LogLevel=ERROR"));
        answer = run(ssh, alone, line, until.left());
      }
      return answer.map(said -> ProcessHunt.verdict(said.stdout())).orElse(Verdict.UNKNOWN);
    } catch (TransportException noClient) {
      return Verdict.UNKNOWN;
    }
  }

  private static Optional<SshClient.Answer> run(
      SshClient ssh, List<String> options, LoginShell.Line line, Duration bound) {
    return ssh.run(ssh.withDestination(options, Optional.of(line.command())), line.input(), bound);
  }
}
