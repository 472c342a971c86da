package initrunner.cli.ask;

import initrunner.audit.AuditStore;
import initrunner.cli.console.Console;
import initrunner.run.RunOrder;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.Sandbox;
import initrunner.runtime.terminals.SecretPerson;
import java.util.Map;
import java.util.Optional;

/// Opens the role of a run that may ask a person. Stateless.
public final class AskedRun {

  private AskedRun() {}

  /// As [RoleRuntime#open].
  ///
  /// @param login who is asked during a login
  public static RoleRuntime opened(
      Console console, RunOrder order, Optional<LoginTerminal> login, Optional<AuditStore> audit) {
    Map<String, String> secrets = order.source().environment().values();
    RoleRuntime runtime =
        RoleRuntime.open(
                order.role(),
                one ->
                    Sandbox.of(
                        one,
                        System.getenv(),
                        secrets,
                        login
                            .filter(_ -> LoginTerminal.asks(one.sandbox()))
                            .map(LoginTerminal::logins)),
                audit,
                order.runId())
            .through(order.caller().door());
    Optional<SecretPerson> person = SecretTerminal.of(console, order.role());
    return person.map(runtime::withPerson).orElse(runtime);
  }
}
