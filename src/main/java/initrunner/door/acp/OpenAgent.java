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

  /// Where the tools act, if none of them does on the editor's machine.
  Optional<String> elsewhere() {
    boolean isElsewhere =
        RoleHost.each(order.role()).stream().allMatch(place -> place.host().isPresent());
    return isElsewhere ? Optional.of(runtime.place()) : Optional.empty();
  }

  /// Where the tools act, for a person.
  String place() {
    return "The tools act on "
        + runtime.place()
        + (order.role().sandboxNames().isEmpty()
            ? ", in " + runtime.directory().orElse("the login directory")
            : "")
        + (elsewhere().isPresent() ? "; not in the folder that is open in the editor." : ".");
  }
}
