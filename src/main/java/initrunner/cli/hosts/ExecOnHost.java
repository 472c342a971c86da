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
import java.util.Optional;
import java.util.function.Function;

/// A person's command in the sandbox of a role, on one of many hosts. The sandbox is opened when
/// the command is run, so hosts that wait hold nothing.
final class ExecOnHost implements HostCall {

  /// What all hosts have in common.
  ///
  /// @param opening opens the sandbox of a host's role
  /// @param runId written into every row
  record Work(
      Command command,
      Limits limits,
      Function<Role, Sandbox> opening,
      Optional<AuditStore> audit,
      String runId) {}

  private final String host;
  private final Optional<String> jumpHost;
  private final Role role;
  private final Work work;
  private volatile Optional<RoleRuntime> runtime = Optional.empty();

  ExecOnHost(String host, Optional<String> jumpHost, Role role, Work work) {
    this.host = host;
    this.jumpHost = jumpHost;
    this.role = role;
    this.work = work;
  }

  @Override
  public String host() {
    return host;
  }

  @Override
  public Optional<String> jumpHost() {
    return jumpHost;
  }

  @Override
  public Outcome run(Sink sink) {
    RoleRuntime opened =
        RoleRuntime.open(role, work.opening().apply(role), work.audit(), work.runId())
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
