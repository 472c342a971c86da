package initrunner.cli.hosts;

import initrunner.audit.AuditStore;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.role.Role;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.Sandbox;
import initrunner.runtime.hosts.HostCall;
import initrunner.ssh.client.SshConfiguration;
import java.util.Optional;
import java.util.function.BiFunction;

/// A person's command in the sandbox of a role, on one of many hosts. The sandbox is opened when
/// the command is run, so hosts that wait hold nothing.
final class ExecOnHost implements HostCall {

  /// What all hosts have in common.
  ///
  /// @param opening opens the sandbox of a host's role, with what `ssh -G` says of the host
  /// @param runId written into every row
  record Work(
      Command command,
      Limits limits,
      BiFunction<Role, Optional<SshConfiguration>, Sandbox> opening,
      Optional<AuditStore> audit,
      String runId) {}

  private final String host;
  private final Optional<SshConfiguration> known;
  private final Role role;
  private final Work work;
  private volatile Optional<RoleRuntime> runtime = Optional.empty();

  ExecOnHost(String host, Optional<SshConfiguration> known, Role role, Work work) {
    this.host = host;
    this.known = known;
    this.role = role;
    this.work = work;
  }

  @Override
  public String host() {
    return host;
  }

  @Override
  public Optional<String> jumpHost() {
    return known.flatMap(answer -> answer.destination().jumpHosts().stream().findFirst());
  }

  @Override
  public Outcome run(Sink sink) {
    RoleRuntime opened =
        RoleRuntime.open(role, work.opening().apply(role, known), work.audit(), work.runId())
            .through("exec");
    runtime = Optional.of(opened);
    return opened.exec(work.command(), work.limits(), sink);
  }

  @Override
  public boolean isConnected() {
    return runtime.filter(RoleRuntime::isConnected).isPresent();
  }

  @Override
  public void close() {
    runtime.ifPresent(RoleRuntime::close);
  }
}
