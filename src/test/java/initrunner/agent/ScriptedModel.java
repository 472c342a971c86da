package initrunner.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import initrunner.role.model.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.GZIPOutputStream;

/// A loopback server for OpenAI's Chat Completions, Anthropic's Messages and Google's
/// generateContent, in one piece or as server-sent events as the request asks. Its answers are a
/// script: one reply per request, in order. It keeps the requests. It stands in for a provider's
/// protocol, never for a model's judgement.
public final class ScriptedModel implements AutoCloseable {

  /// The tokens in the usage of every scripted answer.
  public static final int PROMPT_TOKENS = 11;

  public static final int COMPLETION_TOKENS = 7;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Reply> script;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Request> arrivals = new LinkedBlockingQueue<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  /// A request as it arrived.
  ///
  /// @param headers by name in lower case
  public record Request(String path, Map<String, String> headers, JsonNode body) {

    /// The text of the last message.
    public String lastMessage() {
      JsonNode messages = body.path("messages");
      return messages.path(messages.size() - 1).path("content").asText();
    }
  }

  /// One entry of a script.
  public sealed interface Reply {

    /// Text that ends a run.
    record Text(String text) implements Reply {}

    /// Text or none, and tool calls.
    record Calls(String text, List<Call> calls) implements Reply {}

    /// Text that stops for another reason, such as `length`.
    record Stopped(String text, String finishReason) implements Reply {}

    /// An error, or any other response, with this body.
    record Raw(int status, Map<String, String> headers, String body) implements Reply {}

    /// An answer without an end, compressed if its fields say so.
    ///
    /// @param more is repeated
    record Endless(int status, Map<String, String> headers, String start, String more)
        implements Reply {

      public Endless(Map<String, String> headers, String start, String more) {
        this(200, headers, start, more);
      }
    }

    /// The start of an answer, and then nothing.
    record Stall(Map<String, String> headers, String start) implements Reply {}

    /// The request arrives, and no answer follows.
    record Hang() implements Reply {}

    /// The answer starts, and then the connection ends.
    record Cut() implements Reply {}
  }

  /// One tool call.
  ///
  /// @param arguments JSON or not
  public record Call(String id, String tool, String arguments) {}

  private ScriptedModel(List<Reply> script) throws IOException {
    this.script = new ConcurrentLinkedQueue<>(script);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public static ScriptedModel of(Reply... script) {
    try {
      return new ScriptedModel(List.of(script));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Replies for after those that are there.
  public void add(Reply... more) {
    script.addAll(List.of(more));
  }

  public static Reply text(String text) {
    return new Reply.Text(text);
  }

  /// One `run_shell` call with the id `call-1`.
  public static Reply shell(String command) {
    return calls(shellCall("call-1", command));
  }

  public static Reply calls(Call... calls) {
    return new Reply.Calls("", List.of(calls));
  }

  public static Call shellCall(String id, String command) {
    return new Call(id, "run_shell", JSON.createObjectNode().put("command", command).toString());
  }

  public static Reply status(int status, String body) {
    return new Reply.Raw(status, Map.of("Content-Type", "application/json"), body);
  }

  /// The value for `OPENAI_BASE_URL` or `base_url`.
  public URI baseUrl() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  /// The variables that redirect each provider's requests, with their keys.
  public Map<String, String> environment() {
    Map<String, String> environment = new java.util.HashMap<>();
    for (Provider provider : Provider.values()) {
      String base = baseUrl().resolve(provider.api().version()).toString();
      environment.put(provider.urlVariable(), base);
      provider.keyVariable().ifPresent(variable -> environment.put(variable, "a-key-of-" + base));
    }
    return environment;
  }

  /// All requests so far, in order.
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /// Waits for the next request that no earlier call has returned.
  public Request awaitRequest() throws InterruptedException {
    return arrivals.take();
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> headers = new java.util.HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) ->
              headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
      Request request =
          new Request(
              exchange.getRequestURI().getPath(),
              headers,
              JSON.readTree(exchange.getRequestBody().readAllBytes()));
      requests.add(request);
      arrivals.add(request);
      Reply reply = script.poll();
      if (reply == null) {
        reply = status(400, "{\"error\":{\"message\":\"the script has no further reply\"}}");
      }
      reply(exchange, reply, isStreamed(request));
    }
  }

  private static boolean isStreamed(Request request) {
    return request.body().path("stream").asBoolean()
        || request.path().endsWith(":streamGenerateContent");
  }

  private void reply(HttpExchange exchange, Reply reply, boolean streamed) throws IOException {
    switch (reply) {
      case Reply.Text(String text) -> say(exchange, streamed, new Answer(text, List.of(), "stop"));
      case Reply.Calls(String text, List<Call> calls) ->
          say(exchange, streamed, new Answer(text, calls, "tool_calls"));
      case Reply.Stopped(String text, String reason) ->
          say(exchange, streamed, new Answer(text, List.of(), reason));
      case Reply.Raw(int status, Map<String, String> headers, String body) ->
          send(exchange, status, headers, body);
      case Reply.Endless endless -> goOn(exchange, endless);
      case Reply.Stall(Map<String, String> headers, String start) -> {
        headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(start.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        hang();
      }
      case Reply.Hang() -> hang();
      case Reply.Cut() -> cut(exchange, streamed);
    }
  }

  /// A reply in OpenAI's terms.
  record Answer(String text, List<Call> calls, String finishReason) {}

  private static void say(HttpExchange exchange, boolean streamed, Answer answer)
      throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith("/messages")) {
      say(exchange, streamed, ScriptedMessages.whole(answer), ScriptedMessages.events(answer));
    } else if (path.contains(":")) {
      say(exchange, streamed, ScriptedGemini.whole(answer), ScriptedGemini.events(answer));
    } else {
      answer(exchange, streamed, message(answer.text(), answer.calls()), answer.finishReason());
    }
  }

  private static void say(
      HttpExchange exchange, boolean streamed, JsonNode whole, List<String> events)
      throws IOException {
    if (!streamed) {
      send(exchange, 200, Map.of("Content-Type", "application/json"), whole.toString());
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    for (String event : events) {
      exchange.getResponseBody().write(event.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
    }
  }

  /// Writes until the reader closes the connection.
  private static void goOn(HttpExchange exchange, Reply.Endless endless) throws IOException {
    endless.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    exchange.sendResponseHeaders(endless.status(), 0);
    OutputStream plain = exchange.getResponseBody();
    OutputStream out =
        endless.headers().containsKey("Content-Encoding") ? new GZIPOutputStream(plain) : plain;
    out.write(endless.start().getBytes(StandardCharsets.UTF_8));
    byte[] more = endless.more().getBytes(StandardCharsets.UTF_8);
    while (!Thread.currentThread().isInterrupted()) {
      out.write(more);
    }
  }

  private void hang() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void cut(HttpExchange exchange, boolean streamed) throws IOException {
    String start =
        streamed ? event(chunk(JSON.createObjectNode().put("content", "Half an "))) : "{\"choi";
    exchange
        .getResponseHeaders()
        .set("Content-Type", streamed ? "text/event-stream" : "application/json");
    exchange.sendResponseHeaders(200, 100_000);
    exchange.getResponseBody().write(start.getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  private static void answer(
      HttpExchange exchange, boolean streamed, ObjectNode message, String finishReason)
      throws IOException {
    if (streamed) {
      stream(exchange, message, finishReason);
      return;
    }
    ObjectNode root = JSON.createObjectNode().put("id", "chatcmpl-1").put("model", "scripted");
    ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
    choice.put("finish_reason", finishReason).set("message", message);
    root.set("usage", usage());
    send(exchange, 200, Map.of("Content-Type", "application/json"), root.toString());
  }

  private static void send(
      HttpExchange exchange, int status, Map<String, String> headers, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private static ObjectNode message(String text, List<Call> calls) {
    ObjectNode message = JSON.createObjectNode().put("role", "assistant");
    message.put("content", text.isEmpty() && !calls.isEmpty() ? null : text);
    if (!calls.isEmpty()) {
      ArrayNode array = message.putArray("tool_calls");
      for (Call call : calls) {
        array
            .addObject()
            .put("id", call.id())
            .put("type", "function")
            .putObject("function")
            .put("name", call.tool())
            .put("arguments", call.arguments());
      }
    }
    return message;
  }

  private static ObjectNode usage() {
    return JSON.createObjectNode()
        .put("prompt_tokens", PROMPT_TOKENS)
        .put("completion_tokens", COMPLETION_TOKENS)
        .put("total_tokens", PROMPT_TOKENS + COMPLETION_TOKENS);
  }

  /// Streams text word by word, and the arguments of a call in two halves: providers split them
  /// anywhere.
  private static void stream(HttpExchange exchange, ObjectNode message, String finishReason)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    for (String word : message.path("content").asText("").split("(?<= )", -1)) {
      write(out, chunk(JSON.createObjectNode().put("content", word)));
    }
    int index = 0;
    for (JsonNode call : message.path("tool_calls")) {
      String arguments = call.path("function").path("arguments").asText();
      int half = arguments.length() / 2;
      ObjectNode first = toolDelta(index, arguments.substring(0, half));
      ((ObjectNode) first.path("tool_calls").path(0))
          .put("id", call.path("id").asText())
          .put("type", "function");
      ((ObjectNode) first.path("tool_calls").path(0).path("function"))
          .put("name", call.path("function").path("name").asText());
      write(out, chunk(first));
      write(out, chunk(toolDelta(index, arguments.substring(half))));
      index++;
    }
    ObjectNode last = chunk(JSON.createObjectNode());
    ((ObjectNode) last.path("choices").path(0)).put("finish_reason", finishReason);
    write(out, last);
    ObjectNode cost = JSON.createObjectNode().put("id", "chatcmpl-1");
    cost.putArray("choices");
    cost.set("usage", usage());
    write(out, cost);
    out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode toolDelta(int index, String arguments) {
    ObjectNode delta = JSON.createObjectNode();
    ObjectNode call = delta.putArray("tool_calls").addObject().put("index", index);
    call.putObject("function").put("arguments", arguments);
    return delta;
  }

  private static ObjectNode chunk(ObjectNode delta) {
    ObjectNode root = JSON.createObjectNode().put("id", "chatcmpl-1");
    root.putArray("choices").addObject().put("index", 0).set("delta", delta);
    return root;
  }

  private static String event(ObjectNode data) {
    return "data: " + data + "\n\n";
  }

  private static void write(OutputStream out, ObjectNode data) throws IOException {
    out.write(event(data).getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
