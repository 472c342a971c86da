package initrunner.cli.ask;

import initrunner.cli.console.Console;
import initrunner.cli.options.AskOption;
import initrunner.cli.options.AuditLogOptions;
import initrunner.role.Role;
import initrunner.run.RoleSource;
import initrunner.run.RunOrder;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.Sandbox;
import initrunner.ssh.client.AskedLogins;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// A role that one command of a person works with, and who may be asked during its login.
/// Immutable.
public record OpenedRole(
    Console console, RoleSource source, AskOption ask, AuditLogOptions auditLog) {

  /// Opens the role for a work, and closes it behind that. Blocks on the audit log's database, and
  /// for a login that asks.
  ///
  /// @param door the command's name, for the audit log
  /// @param work returns the exit status
  public int statusOf(String door, ToIntFunction<RoleRuntime> work) {
    return statusOf(door, RunOrder.newRunId(), work);
  }

  /// The same for a part of a run.
  ///
  /// @param runId written into every row
  public int statusOf(String door, String runId, ToIntFunction<RoleRuntime> work) {
    Role role = source.role();
    Map<String, String> secrets = source.environment().values();
    Optional<AskedLogins> logins =
        LoginTerminal.of(console, role, ask.isGiven()).map(LoginTerminal::logins);
    return auditLog.statusOf(
        console.environment(),
        audit -> {
          Sandbox sandbox = Sandbox.of(role, System.getenv(), secrets, logins);
          try (RoleRuntime runtime = RoleRuntime.open(role, sandbox, audit, runId).through(door)) {
            // A person needs more time than the first question to the host has.
            logins.ifPresent(_ -> runtime.preflight());
            return work.applyAsInt(runtime);
          }
        });
  }
}
