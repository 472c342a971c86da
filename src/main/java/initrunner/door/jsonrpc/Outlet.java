package initrunner.door.jsonrpc;

import java.util.Optional;

/// Where the messages for one request go. Safe for many threads.
public interface Outlet {

  /// Sends a notification or a question that belongs to the request.
  void send(Json.Obj message);

  /// Sends the answer. This is the last call.
  ///
  /// @param answer empty if the client cancelled the request
  void end(Optional<Json> answer);
}
