package initrunner.door.mcp;

import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import java.util.List;
import java.util.function.Supplier;

/// What a client can read (MCP, `resources`): the host's facts. Safe for many threads.
final class Resources {

  private static final String HOST = "initrunner://host";

  private final Supplier<String> facts;

  /// @param facts the host's facts as text
  Resources(Supplier<String> facts) {
    this.facts = facts;
  }

  Json.Arr list() {
    return new Json.Arr(
        List.of(
            Json.Obj.EMPTY
                .with("uri", HOST)
                .with("name", "host")
                .with("description", "What the host says of itself")
                .with("mimeType", "text/plain")));
  }

  Json.Obj read(Json.Obj params) throws RpcException {
    String uri = params.text("uri").orElse("");
    if (!uri.equals(HOST)) {
      throw RpcException.invalidParams("there is no resource '" + uri + "'");
    }
    return Json.Obj.EMPTY.with(
        "contents",
        new Json.Arr(
            List.of(
                Json.Obj.EMPTY
                    .with("uri", HOST)
                    .with("mimeType", "text/plain")
                    .with("text", facts.get()))));
  }
}
