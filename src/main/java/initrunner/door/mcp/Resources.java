package initrunner.door.mcp;

import initrunner.audit.AuditException;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.runtime.RoleRuntime;
import initrunner.text.SafeText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// What a client can read (MCP, `resources`): the host's facts, and the rows of the audit log that
/// this server's calls wrote. Safe for many threads.
final class Resources {

  private static final String HOST = "initrunner://host";
  private static final String AUDIT_LOG = "initrunner://audit-log";

  private final Instant begin = Instant.now();
  private final RoleRuntime runtime;
  private final Supplier<String> facts;

  /// @param facts the host's facts as text
  Resources(RoleRuntime runtime, Supplier<String> facts) {
    this.runtime = runtime;
    this.facts = facts;
  }

  Json.Arr list() {
    return new Json.Arr(
        List.of(
            described(HOST, "host", "What the host says of itself"),
            described(
                AUDIT_LOG,
                "audit-log",
                "The calls of this server as the audit log has them: time, event, details")));
  }

  private static Json.Obj described(String uri, String name, String description) {
    return Json.Obj.EMPTY
        .with("uri", uri)
        .with("name", name)
        .with("description", description)
        .with("mimeType", "text/plain");
  }

  Json.Obj read(Json.Obj params) throws RpcException {
    String uri = params.text("uri").orElse("");
    String text =
        switch (uri) {
          case HOST -> facts.get();
          case AUDIT_LOG -> rows();
          default ->
              throw new RpcException(
                  RpcException.INVALID_PARAMS,
                  "there is no resource '"
                      + SafeText.oneLine(SafeText.cut(uri, 200))
                      + "'; there are "
                      + HOST
                      + " and "
                      + AUDIT_LOG,
                  Optional.of(Json.Obj.EMPTY.with("uri", uri)));
        };
    return Json.Obj.EMPTY.with(
        "contents",
        new Json.Arr(
            List.of(
                Json.Obj.EMPTY
                    .with("uri", uri)
                    .with("mimeType", "text/plain")
                    .with("text", text))));
  }

  private String rows() throws RpcException {
    try {
      return runtime.recorded(begin).stream()
          .map(row -> row.timestamp() + " " + row.eventType() + " " + row.details() + "\n")
          .collect(Collectors.joining());
    } catch (AuditException e) {
      throw new RpcException(RpcException.INTERNAL_ERROR, e.getMessage() + ". " + e.remedy());
    }
  }
}
