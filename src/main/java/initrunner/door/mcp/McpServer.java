package initrunner.door.mcp;

import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Exchanges;
import initrunner.door.jsonrpc.Incoming;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.door.jsonrpc.Server;
import java.util.List;
import java.util.Optional;

/// Answers the requests of one client (MCP, revisions 2025-03-26 to 2026-07-28). A request that
/// names a revision in its `_meta` is answered by itself; the others belong to the client that sent
/// `initialize`. Safe for many threads.
public final class McpServer implements Server {

  private static final String PREFIX = "io.modelcontextprotocol/";
  private static final String VERSION = PREFIX + "protocolVersion";
  private static final String ASKED_VERSION = "protocolVersion";
  private static final int UNSUPPORTED_PROTOCOL_VERSION = -32022;

  /// The tools of a role do not change while a server runs.
  private static final long FRESH_MILLISECONDS = 3_600_000;

  private final Exchanges exchanges;
  private final ServedRole served;
  private final Tasks tasks = new Tasks();
  private volatile Optional<Client> initialized = Optional.empty();

  /// @param exchanges the client's requests that are under way
  public McpServer(Exchanges exchanges, ServedRole served) {
    this.exchanges = exchanges;
    this.served = served;
  }

  /// The revision that a request names in its `_meta`, of any type; empty where it belongs to the
  /// client that sent `initialize`.
  public static Optional<Json> revision(Incoming.Request request) {
    return request.params().object("_meta").flatMap(meta -> meta.get(VERSION));
  }

  /// Checks what a request of the stateless revision says of itself in its `_meta`.
  ///
  /// @throws RpcException if a part is missing, or the revision is not supported
  public static void requireMetadata(Incoming.Request request) throws RpcException {
    Json revision =
        revision(request)
            .orElseThrow(
                () -> RpcException.invalidParams("_meta \"" + VERSION + "\" must be a string"));
    Client ignored = client(request, revision);
  }

  /// Whether the client has sent an `initialize` that is answered with a result.
  public boolean isInitialized() {
    return initialized.isPresent();
  }

  /// A client need not wait for the answer to its `initialize`.
  @Override
  public void received(Incoming.Request request) {
    if (request.method().equals("initialize") && revision(request).isEmpty()) {
      Json.Obj params = request.params();
      initialized =
          params
              .text(ASKED_VERSION)
              .map(asked ->
                  Client.of(
                      Revision.initialized(asked),
                      params.object("clientInfo"),
                      params.object("capabilities").orElse(Json.Obj.EMPTY)));
    }
  }

  @Override
  public Json.Obj answer(Exchange exchange) throws RpcException, InterruptedException {
    Incoming.Request request = exchange.request();
    Optional<Json> revision = revision(request);
    if (revision.isPresent()) {
      return stateless(exchange, client(request, revision.get()));
    }
    if (request.method().equals("initialize")) {
      return initialize(request.params());
    }
    if (request.method().equals("ping")) {
      return Json.Obj.EMPTY;
    }
    Client client =
        initialized.orElseThrow(() ->
            RpcException.invalidParams(
                "the request has no _meta \"" + VERSION + "\", and there was no initialize"));
    return answer(exchange, client);
  }

  @Override
  public void take(Incoming.Notification notification) {
    if (notification.method().equals("notifications/cancelled")) {
      notification.params().get("requestId").ifPresent(exchanges::cancel);
    }
  }

  /// Only one revision has lists of messages.
  @Override
  public boolean takesBatches() {
    return initialized.filter(client -> client.revision() == Revision.V2025_03_26).isPresent();
  }

  private Json.Obj initialize(Json.Obj params) throws RpcException {
    String asked =
        params
            .text(ASKED_VERSION)
            .orElseThrow(() -> RpcException.invalidParams("'protocolVersion' must be a string"));
    return Json.Obj.EMPTY
        .with(ASKED_VERSION, Revision.initialized(asked).text())
        .with("capabilities", capabilities(Revision.initialized(asked)))
        .with("serverInfo", served.info())
        .with("instructions", served.instructions());
  }

  private static Client client(Incoming.Request request, Json version) throws RpcException {
    Json.Obj meta = request.params().object("_meta").orElse(Json.Obj.EMPTY);
    String asked = version instanceof Json.Text(String text) ? text : "";
    Revision revision =
        Revision.named(asked)
            .filter(Revision::isStateless)
            .orElseThrow(() ->
                new RpcException(
                    UNSUPPORTED_PROTOCOL_VERSION,
                    "Unsupported protocol version",
                    Optional.of(
                        Json.Obj.EMPTY
                            .with("supported", Json.Arr.of(Revision.statelessNames()))
                            .with("requested", asked))));
    Json.Obj capabilities =
        meta.object(PREFIX + "clientCapabilities")
            .orElseThrow(() ->
                RpcException.invalidParams(
                    "_meta \"" + PREFIX + "clientCapabilities\" must be an object"));
    return Client.of(revision, meta.object(PREFIX + "clientInfo"), capabilities);
  }

  private Json.Obj stateless(Exchange exchange, Client client)
      throws RpcException, InterruptedException {
    Json.Obj answer =
        exchange.request().method().equals("server/discover")
            ? cacheable(discovered())
            : answer(exchange, client);
    Json.Obj complete =
        answer.get("resultType").isPresent() ? answer : answer.with("resultType", "complete");
    Json.Obj meta = answer.object("_meta").orElse(Json.Obj.EMPTY);
    return complete.with("_meta", meta.with(PREFIX + "serverInfo", served.info()));
  }

  private Json.Obj discovered() {
    return Json.Obj.EMPTY
        .with("supportedVersions", Json.Arr.of(Revision.statelessNames()))
        .with("capabilities", capabilities(Revision.V2026_07_28))
        .with("instructions", served.instructions());
  }

  private static Json.Obj capabilities(Revision revision) {
    Json.Obj usual = Json.Obj.EMPTY.with("tools", Json.Obj.EMPTY).with("resources", Json.Obj.EMPTY);
    return revision.hasTasks() ? usual.with("tasks", Tasks.capability()) : usual;
  }

  private Json.Obj answer(Exchange exchange, Client client)
      throws RpcException, InterruptedException {
    Json.Obj params = exchange.request().params();
    if (client.revision().hasTasks() && exchange.request().method().startsWith("tasks/")) {
      return ofTasks(exchange.request().method(), params);
    }
    return switch (exchange.request().method()) {
      case "tools/list" ->
          cacheable(client, Json.Obj.EMPTY.with("tools", served.tools(client.revision())));
      case "tools/call" -> served.calls().make(exchange, client, tasks);
      case "resources/list" ->
          cacheable(client, Json.Obj.EMPTY.with("resources", served.resources().list()));
      case "resources/templates/list" ->
          cacheable(client, Json.Obj.EMPTY.with("resourceTemplates", new Json.Arr(List.of())));
      case "resources/read" -> fresh(client, served.resources().read(params));
      default -> throw RpcException.methodNotFound(exchange.request().method());
    };
  }

  private Json.Obj ofTasks(String method, Json.Obj params)
      throws RpcException, InterruptedException {
    return switch (method) {
      case "tasks/get" -> tasks.get(params);
      case "tasks/result" -> tasks.result(params);
      case "tasks/cancel" -> tasks.cancel(params);
      case "tasks/list" -> tasks.list();
      default -> throw RpcException.methodNotFound(method);
    };
  }

  private static Json.Obj cacheable(Client client, Json.Obj result) {
    return client.revision().isStateless() ? cacheable(result) : result;
  }

  private static Json.Obj cacheable(Json.Obj result) {
    return result.with("ttlMs", FRESH_MILLISECONDS).with("cacheScope", "private");
  }

  private static Json.Obj fresh(Client client, Json.Obj result) {
    return client.revision().isStateless()
        ? result.with("ttlMs", 0).with("cacheScope", "private")
        : result;
  }
}
