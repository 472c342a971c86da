package initrunner.door.acp;

import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Incoming;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.door.jsonrpc.Server;
import initrunner.exec.RemedyException;
import initrunner.run.RunOrder;
import initrunner.text.SafeText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Answers the requests of one editor (Agent Client Protocol, version 1). Safe for many threads.
public final class AcpServer implements Server {

  private static final int PROTOCOL_VERSION = 1;
  private static final int RESOURCE_NOT_FOUND = -32002;

  /// Each keeps its conversation.
  private static final int MOST_SESSIONS = 100;

  private static final int MOST_NAME_CHARACTERS = 100;
  private static final String PROMPT = "session/prompt";
  private static final String SESSION_ID = "sessionId";

  private final ServedAgent served;
  private final String version;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private volatile Optional<String> client = Optional.empty();

  /// @param version of this program
  public AcpServer(ServedAgent served, String version) {
    this.served = served;
    this.version = version;
  }

  /// A cancellation may follow a prompt at once, and a session the `initialize`.
  @Override
  public void received(Incoming.Request request) {
    Json.Obj params = request.params();
    switch (request.method()) {
      case "initialize" -> client = Optional.of(client(params));
      case PROMPT -> named(params).ifPresent(session -> session.begin(request.id()));
      default -> {}
    }
  }

  @Override
  public Json.Obj answer(Exchange exchange) throws RpcException, InterruptedException {
    Incoming.Request request = exchange.request();
    if (request.method().equals("initialize")) {
      return initialize(request.params());
    }
    String asking =
        client.orElseThrow(() ->
            new RpcException(
                RpcException.INVALID_REQUEST, "Invalid request: there was no initialize"));
    return switch (request.method()) {
      case "authenticate" -> throw unknownAuthentication(request.params());
      case "session/new" -> newSession(request.params(), asking);
      case PROMPT -> session(request.params()).prompt(exchange);
      case "session/close" -> close(session(request.params()));
      default -> throw RpcException.methodNotFound(request.method());
    };
  }

  @Override
  public void take(Incoming.Notification notification) {
    Json.Obj params = notification.params();
    switch (notification.method()) {
      case "session/cancel" -> named(params).ifPresent(Session::cancel);
      case "$/cancel_request" ->
          params
              .get("requestId")
              .ifPresent(id -> sessions.values().forEach(each -> each.cancel(id)));
      default -> {}
    }
  }

  /// Its name and version; nothing of it is verified.
  private static String client(Json.Obj params) {
    Optional<Json.Obj> info = params.object("clientInfo");
    String name = info.flatMap(each -> each.text("name")).orElse("unknown");
    String version = info.flatMap(each -> each.text("version")).map(text -> "/" + text).orElse("");
    return SafeText.oneLine(SafeText.cut(name, MOST_NAME_CHARACTERS))
        + SafeText.oneLine(SafeText.cut(version, MOST_NAME_CHARACTERS));
  }

  private Json.Obj initialize(Json.Obj params) throws RpcException {
    if (!(params.get("protocolVersion").orElse(new Json.Null()) instanceof Json.Num)) {
      throw RpcException.invalidParams("'protocolVersion' must be a number");
    }
    Json.Obj capabilities =
        Json.Obj.EMPTY
            .with("loadSession", false)
            .with(
                "promptCapabilities",
                Json.Obj.EMPTY
                    .with("image", false)
                    .with("audio", false)
                    .with("embeddedContext", true))
            .with("mcpCapabilities", Json.Obj.EMPTY.with("http", false).with("sse", false))
            .with("sessionCapabilities", Json.Obj.EMPTY.with("close", Json.Obj.EMPTY));
    return Json.Obj.EMPTY
        .with("protocolVersion", PROTOCOL_VERSION)
        .with("agentCapabilities", capabilities)
        .with(
            "agentInfo",
            Json.Obj.EMPTY
                .with("name", "initrunner")
                .with("title", "InitRunner")
                .with("version", version))
        .with("authMethods", new Json.Arr(List.of()));
  }

  private static RpcException unknownAuthentication(Json.Obj params) {
    return RpcException.invalidParams(
        "there is no authentication method '"
            + SafeText.cut(params.text("methodId").orElse(""), MOST_NAME_CHARACTERS)
            + "'; a variable of the environment holds the model's key");
  }

  private Json.Obj newSession(Json.Obj params, String asking) throws RpcException {
    if (params.text("cwd").isEmpty()) {
      throw RpcException.invalidParams("'cwd' must be a string");
    }
    List<String> offered = servers(params);
    if (sessions.size() >= MOST_SESSIONS) {
      throw new RpcException(
          RpcException.INVALID_REQUEST,
          MOST_SESSIONS + " sessions are open, which is the most; close one of them first");
    }
    try {
      Session session = new Session(RunOrder.newRunId(), served.open(asking), offered);
      sessions.put(session.id(), session);
      return Json.Obj.EMPTY.with(SESSION_ID, session.id());
    } catch (RemedyException e) {
      throw PromptEnd.failure(e.getMessage(), e.remedy());
    }
  }

  /// The names of the MCP servers that the editor offers.
  private static List<String> servers(Json.Obj params) throws RpcException {
    if (!(params.get("mcpServers").orElse(new Json.Null()) instanceof Json.Arr(var servers))) {
      throw RpcException.invalidParams("'mcpServers' must be a list");
    }
    return servers.stream()
        .map(each -> each instanceof Json.Obj server ? server.text("name").orElse("?") : "?")
        .map(name -> SafeText.oneLine(SafeText.cut(name, MOST_NAME_CHARACTERS)))
        .toList();
  }

  private Json.Obj close(Session session) throws InterruptedException {
    session.end();
    sessions.remove(session.id());
    return Json.Obj.EMPTY;
  }

  private Optional<Session> named(Json.Obj params) {
    return params.text(SESSION_ID).flatMap(id -> Optional.ofNullable(sessions.get(id)));
  }

  private Session session(Json.Obj params) throws RpcException {
    return named(params)
        .orElseThrow(() ->
            new RpcException(
                RESOURCE_NOT_FOUND,
                "there is no session '"
                    + SafeText.cut(params.text(SESSION_ID).orElse(""), MOST_NAME_CHARACTERS)
                    + "'; session/new begins one"));
  }
}
