package initrunner.door.jsonrpc;

/// Answers the requests of one client.
public interface Server {

  /// Sees each request before it is answered, in the client's order. Does not block.
  void received(Incoming.Request request);

  /// Answers a request; several threads call this at once. An interrupt asks it to stop what it
  /// started and to return; its answer is dropped then.
  ///
  /// @throws RpcException an error as the answer
  Json.Obj answer(Exchange exchange) throws RpcException, InterruptedException;

  /// Takes a notification, in the client's order. Does not block.
  void take(Incoming.Notification notification);

  /// Whether the client may send several messages in one list (JSON-RPC 2.0, section 6).
  default boolean takesBatches() {
    return false;
  }
}
