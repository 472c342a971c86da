package initrunner.run;

import initrunner.model.ToolRequest;
import initrunner.runtime.RoleHost;
import java.time.Instant;

/// A call of another program that waits for a person.
///
/// @param id for the person
/// @param place where it would run
/// @param client the program that asks for the call
/// @param arguments as JSON
public record WaitingCall(
    String id, Instant askedAt, RoleHost place, String client, String tool, String arguments) {

  /// The call alone.
  public ToolRequest request() {
    return new ToolRequest(id, tool, arguments);
  }
}
