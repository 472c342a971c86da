package initrunner.door.codex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/// A loopback server for OpenAI's Responses with server-sent events, as Codex uses it. Each answer
/// is the next step of a script, which sees what came of the step before; the last step answers all
/// further requests. A step that fails ends the run, since Codex waits minutes for an answer. It
/// stands in for the protocol, never for a model's judgement.
final class ResponsesModel implements AutoCloseable {

  /// The answer that ends the run.
  static final String FINISHED =
      """
      {"type":"message","role":"assistant",
       "content":[{"type":"output_text","text":"finished"}]}
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<UnaryOperator<String>> script;
  private final List<String> outcomes = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  /// @param script each takes the text of the outcome before, and returns an item as JSON
  ResponsesModel(List<UnaryOperator<String>> script) throws IOException {
    this.script = script;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /// What Codex said came of each step.
  List<String> outcomes() {
    return outcomes;
  }

  /// What steps threw.
  List<Throwable> failures() {
    return failures;
  }

  /// A step that runs a command and waits for its end.
  static UnaryOperator<String> command(String script) {
    return _ ->
        call(
            JSON.createObjectNode().put("cmd", script).put("yield_time_ms", 30_000),
            "exec_command");
  }

  /// A step that patches files.
  static UnaryOperator<String> patch(String patch) {
    return _ ->
        JSON.createObjectNode()
            .put("type", "custom_tool_call")
            .put("name", "apply_patch")
            .put("input", "*** Begin Patch\n" + patch + "*** End Patch\n")
            .toString();
  }

  static String call(ObjectNode arguments, String tool) {
    return JSON.createObjectNode()
        .put("type", "function_call")
        .put("name", tool)
        .put("arguments", arguments.toString())
        .toString();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (!exchange.getRequestURI().getPath().endsWith("/responses")) {
      send(exchange, 404, "application/json", "{}");
      return;
    }
    JsonNode input = JSON.readTree(body).path("input");
    JsonNode last = input.path(input.size() - 1);
    String outcome =
        last.path("type").asText().endsWith("_output") ? last.path("output").asText() : "";
    int step = outcomes.size();
    outcomes.add(outcome);
    ObjectNode item = (ObjectNode) JSON.readTree(answer(step, outcome));
    item.put("id", "item" + step);
    if (item.path("type").asText().endsWith("_call")) {
      item.put("call_id", "call" + step);
    }
    ObjectNode completed = JSON.createObjectNode().put("id", "r" + step);
    completed
        .putObject("usage")
        .put("input_tokens", 1)
        .put("output_tokens", 1)
        .put("total_tokens", 2);
    ObjectNode done = JSON.createObjectNode().put("output_index", 0);
    done.set("item", item);
    send(
        exchange,
        200,
        "text/event-stream",
        event("response.created", response(JSON.createObjectNode().put("id", "r" + step)))
            + event("response.output_item.done", done)
            + event("response.completed", response(completed)));
  }

  private String answer(int step, String outcome) {
    try {
      return script.get(Math.min(step, script.size() - 1)).apply(outcome);
    } catch (RuntimeException | AssertionError e) {
      failures.add(e);
      return FINISHED;
    }
  }

  private static ObjectNode response(ObjectNode response) {
    ObjectNode event = JSON.createObjectNode();
    event.set("response", response);
    return event;
  }

  private static String event(String type, ObjectNode data) {
    return "event: " + type + "\ndata: " + data.put("type", type) + "\n\n";
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
