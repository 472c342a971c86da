package initrunner.door.acp;

import initrunner.audit.AuditStore;
import initrunner.run.ReadyAgent;
import initrunner.run.RunOrder;
import initrunner.runtime.RoleHost;
import initrunner.runtime.RoleRuntime;
import java.util.Optional;

/// What all sessions of a client share: one model, one connection to the host, one audit log.
///
/// @param order the settings of each run
/// @param audit empty for no audit log
record OpenAgent(
    RunOrder order, ReadyAgent agent, RoleRuntime runtime, Optional<AuditStore> audit) {

  /// Where the tools act, if that is not the editor's machine.
  Optional<String> elsewhere() {
    return RoleHost.of(order.role()).host();
  }

  /// Where the tools act, for a person.
  String place() {
    return "The tools act on "
        + runtime.place()
        + ", in "
        + runtime.directory().orElse("the login directory")
        + (elsewhere().isPresent() ? "; not in the folder that is open in the editor." : ".");
  }
}
