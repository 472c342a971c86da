package initrunner.door.mcp.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import initrunner.door.jsonrpc.Connection;
import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Exchanges;
import initrunner.door.jsonrpc.Incoming;
import initrunner.door.jsonrpc.RpcException;
import initrunner.door.jsonrpc.VersionMember;
import initrunner.door.mcp.McpServer;
import initrunner.door.mcp.ServedRole;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Answers HTTP requests, each on a thread of its own (MCP, "Streamable HTTP"). A request that
/// names its revision in its `_meta`, or in its header, stands by itself; the others belong to a
/// session, which `initialize` begins and DELETE ends. Safe for many threads.
final class McpEndpoint implements HttpHandler {

  private static final String SESSION = "Mcp-Session-Id";

  private final RequestCheck check;
  private final ServedRole served;
  private final HttpClients clients;
  private final Set<PostAnswer> answers = ConcurrentHashMap.newKeySet();

  McpEndpoint(RequestCheck check, ServedRole served) {
    this.check = check;
    this.served = served;
    this.clients = new HttpClients(served);
  }

  /// @throws IOException if the client is gone, or on a fault of this program; the JDK's server
  ///   then closes the connection. To close the exchange would make it keep the connection.
  @Override
  public void handle(HttpExchange http) throws IOException {
    try {
      Optional<RequestCheck.Refusal> refusal = check.refusal(http);
      if (refusal.isPresent()) {
        refuse(http, refusal.get());
      } else {
        answer(http);
      }
      http.close();
    } catch (RuntimeException | Error e) {
      log().log(Level.ERROR, "A request failed", e);
      // The JDK's server would leave the connection open after an error.
      throw new IOException("the request failed", e);
    }
  }

  private static void refuse(HttpExchange http, RequestCheck.Refusal refusal) throws IOException {
    if (refusal.status() == 401) {
      http.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"initrunner\"");
    }
    HttpAnswers.refuse(http, refusal.status(), refusal.why());
  }

  private void answer(HttpExchange http) throws IOException {
    switch (http.getRequestMethod()) {
      case "POST" -> post(http);
      case "DELETE" -> delete(http);
      default -> {
        // There is no message that belongs to no request, so no stream for them (GET).
        http.getResponseHeaders().set("Allow", "POST, DELETE");
        HttpAnswers.refuse(http, 405, "the methods are POST and DELETE");
      }
    }
  }

  private void delete(HttpExchange http) throws IOException {
    Optional<HttpSession> session = sessionId(http).flatMap(clients::remove);
    if (session.isEmpty()) {
      HttpAnswers.refuse(http, 404, "there is no session of this " + SESSION);
      return;
    }
    session.get().exchanges().end();
    HttpAnswers.empty(http, 204);
  }

  private void post(HttpExchange http) throws IOException {
    if (!isMediaType(http, "Content-Type", "application/json")) {
      HttpAnswers.refuse(http, 415, "the header Content-Type must be application/json");
      return;
    }
    if (!isMediaType(http, "Accept", "application/json")
        || !isMediaType(http, "Accept", "text/event-stream")) {
      HttpAnswers.refuse(
          http, 406, "the header Accept must list application/json and text/event-stream");
      return;
    }
    byte[] body = http.getRequestBody().readNBytes(Connection.MOST_MESSAGE_BYTES + 1);
    if (body.length > Connection.MOST_MESSAGE_BYTES) {
      HttpAnswers.json(http, 413, Incoming.tooLong(body, Connection.MOST_MESSAGE_BYTES).answer());
      return;
    }
    switch (Incoming.of(body, VersionMember.REQUIRED)) {
      case Incoming.Request request -> take(http, request);
      case Incoming.Invalid invalid -> HttpAnswers.json(http, 400, invalid.answer());
      case Incoming.Notification notification -> take(http, notification);
      case Incoming.Response response -> take(http, response);
      case Incoming.Batch batch -> take(http, batch);
    }
  }

  private void take(HttpExchange http, Incoming.Request request) throws IOException {
    MirroredHeaders headers = new MirroredHeaders(http.getRequestHeaders());
    boolean isInitialize = request.method().equals("initialize");
    boolean isStateless =
        McpServer.revision(request).isPresent()
            || headers.saysStateless()
            || (sessionId(http).isEmpty() && !isInitialize);
    if (isStateless) {
      stateless(http, request, headers);
    } else if (isInitialize) {
      initialize(http, request);
    } else {
      Optional<HttpSession> session = session(http);
      if (session.isPresent()) {
        begin(http, session.get(), request);
      }
    }
  }

  private void stateless(HttpExchange http, Incoming.Request request, MirroredHeaders headers)
      throws IOException {
    try {
      headers.require(request);
      McpServer.requireMetadata(request);
    } catch (RpcException e) {
      HttpAnswers.json(http, 400, new Incoming.Invalid(Optional.of(request.id()), e).answer());
      return;
    }
    Optional<Exchanges> exchanges = clients.begin();
    if (exchanges.isEmpty()) {
      HttpAnswers.refuse(http, 503, "the server ends");
      return;
    }
    try {
      PostAnswer answer = new PostAnswer(http, 404);
      McpServer server = new McpServer(exchanges.get(), served);
      write(answer, exchanges.get().begin(request, server, answer).stream().toList());
    } finally {
      exchanges.get().end();
      clients.ended(exchanges.get());
    }
  }

  private void initialize(HttpExchange http, Incoming.Request request) throws IOException {
    Optional<HttpSession> session = clients.newSession();
    if (session.isEmpty()) {
      HttpAnswers.refuse(http, 503, "too many sessions are at work, or the server ends");
      return;
    }
    PostAnswer answer = new PostAnswer(http, 200);
    HttpSession begun = session.get();
    List<Exchange> exchange =
        begun.exchanges().begin(request, begun.server(), answer).stream().toList();
    if (begun.server().isInitialized()) {
      http.getResponseHeaders().set(SESSION, begun.id());
    } else {
      clients.remove(begun.id());
    }
    write(answer, exchange);
  }

  private void begin(HttpExchange http, HttpSession session, Incoming.Request request)
      throws IOException {
    PostAnswer answer = new PostAnswer(http, 200);
    write(answer, session.exchanges().begin(request, session.server(), answer).stream().toList());
    session.use();
  }

  /// A client that is gone has no use for the answer: no stream is kept for it to come back to.
  private void write(PostAnswer answer, List<Exchange> exchanges) throws IOException {
    answers.add(answer);
    try {
      answer.write();
    } catch (IOException e) {
      exchanges.forEach(Exchange::cancel);
      throw e;
    } catch (InterruptedException e) {
      exchanges.forEach(Exchange::cancel);
      throw new IOException("the client takes nothing any more", e);
    } finally {
      answers.remove(answer);
    }
  }

  /// The stateless revision has none over HTTP: a client closes the stream of a request instead.
  private void take(HttpExchange http, Incoming.Notification notification) throws IOException {
    if (sessionId(http).isEmpty()) {
      HttpAnswers.empty(http, 202);
      return;
    }
    Optional<HttpSession> session = session(http);
    if (session.isPresent()) {
      session.get().server().take(notification);
      HttpAnswers.empty(http, 202);
    }
  }

  private void take(HttpExchange http, Incoming.Response response) throws IOException {
    Optional<HttpSession> session = session(http);
    if (session.isPresent()) {
      session.get().exchanges().take(response);
      HttpAnswers.empty(http, 202);
    }
  }

  private void take(HttpExchange http, Incoming.Batch batch) throws IOException {
    if (sessionId(http).isEmpty()) {
      HttpAnswers.json(http, 400, Incoming.Batch.REFUSED.answer());
      return;
    }
    Optional<HttpSession> session = session(http);
    if (session.isEmpty()) {
      return;
    }
    McpServer server = session.get().server();
    if (!server.takesBatches()) {
      HttpAnswers.json(http, 400, Incoming.Batch.REFUSED.answer());
      return;
    }
    PostAnswer answer = new PostAnswer(http, 200);
    List<Exchange> begun = session.get().exchanges().begin(batch, server, answer);
    if (batch.answers() == 0) {
      HttpAnswers.empty(http, 202);
    } else {
      write(answer, begun);
    }
  }

  private static Optional<String> sessionId(HttpExchange http) {
    return Optional.ofNullable(http.getRequestHeaders().getFirst(SESSION));
  }

  /// The session that a message belongs to; without one, the client has its answer.
  private Optional<HttpSession> session(HttpExchange http) throws IOException {
    Optional<String> id = sessionId(http);
    if (id.isEmpty()) {
      HttpAnswers.refuse(http, 400, "the header " + SESSION + " is missing");
      return Optional.empty();
    }
    MirroredHeaders headers = new MirroredHeaders(http.getRequestHeaders());
    if (headers.saysUnknown()) {
      HttpAnswers.refuse(http, 400, "the header MCP-Protocol-Version names an unknown revision");
      return Optional.empty();
    }
    Optional<HttpSession> session = clients.session(id.get());
    if (session.isEmpty()) {
      HttpAnswers.refuse(http, 404, "there is no session of this " + SESSION + "; initialize");
    }
    return session;
  }

  /// Whether a header that names media types names this one; one that is missing names all.
  private static boolean isMediaType(HttpExchange http, String header, String type) {
    List<String> named = new ArrayList<>();
    for (String value : http.getRequestHeaders().getOrDefault(header, List.of("*/*"))) {
      for (String each : value.split(",", -1)) {
        named.add(each.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT));
      }
    }
    String all = type.substring(0, type.indexOf('/')) + "/*";
    return named.contains(type) || named.contains(all) || named.contains("*/*");
  }

  /// Ends what has lasted too long. Called every second.
  void expire() {
    clients.expire();
    answers.forEach(PostAnswer::closeIfStuck);
  }

  /// Cancels all requests, and blocks until each has ended. An interrupt is kept for later.
  void end() {
    clients.end();
  }

  private static System.Logger log() {
    return System.getLogger(McpEndpoint.class.getName());
  }
}
