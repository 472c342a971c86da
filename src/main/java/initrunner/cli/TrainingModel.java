package initrunner.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A model's server on the loopback interface, for [StartupTraining]: it asks for one shell command
/// after each prompt and ends at the command's output, whole or streamed as the request asks. It
/// has a thread of its own, and answers one request after the other.
final class TrainingModel implements AutoCloseable {

  private static final String CALL =
      """
      {"role":"assistant","content":"","tool_calls":[{"index":0,"id":"call-1","type":"function",\
      "function":{"name":"run_shell","arguments":"{\\"command\\":\\"true\\"}"}}]}\
      """;

  private static final String TEXT = "{\"role\":\"assistant\",\"content\":\"Done.\"}";

  private final HttpServer server;

  private TrainingModel(HttpServer server) {
    this.server = server;
  }

  static TrainingModel start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", TrainingModel::answer);
    server.start();
    return new TrainingModel(server);
  }

  /// Makes it the model of a role without one.
  Map<String, String> variables() {
    return Map.of(
        "OPENAI_API_KEY",
        "sk-training",
        "OPENAI_BASE_URL",
        "http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      boolean isAnswered = request.contains("tool_call_id");
      boolean isStreamed = request.replace(" ", "").contains("\"stream\":true");
      String choice =
          "{\"id\":\"1\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\""
              + (isStreamed ? "delta" : "message")
              + "\":"
              + (isAnswered ? TEXT : CALL)
              + ",\"finish_reason\":\""
              + (isAnswered ? "stop" : "tool_calls")
              + "\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";
      String body = isStreamed ? "data: " + choice + "\n\ndata: [DONE]\n\n" : choice;
      exchange
          .getResponseHeaders()
          .set("Content-Type", isStreamed ? "text/event-stream" : "application/json");
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
