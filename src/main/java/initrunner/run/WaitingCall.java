package initrunner.run;

import initrunner.model.ToolRequest;
import java.time.Instant;

/// A call of another program that waits for a person.
///
/// @param id for the person
/// @param host the host's name for a person
/// @param client the program that asks for the call
/// @param arguments as JSON
public record WaitingCall(
    String id, Instant askedAt, String host, String client, String tool, String arguments) {

  /// The call alone.
  public ToolRequest request() {
    return new ToolRequest(id, tool, arguments);
  }
}
