package initrunner.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/// A model on loopback that asks for one shell command a turn, so many times, and then answers. It
/// calls the observer with the number of each request, from 1, before it answers.
final class TurnServer implements AutoCloseable {

  private final HttpServer server;
  private final String command;
  private final int turns;
  private final IntConsumer observer;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong received = new AtomicLong();

  TurnServer(String command, int turns, IntConsumer observer) throws IOException {
    this.command = command;
    this.turns = turns;
    this.observer = observer;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /// The bytes of all requests so far.
  long received() {
    return received.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      int number = requests.incrementAndGet();
      observer.accept(number);
      received.addAndGet(exchange.getRequestBody().transferTo(OutputStream.nullOutputStream()));
      byte[] body = body(number).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private String body(int number) {
    String message =
        number <= turns
            ? """
            {"role":"assistant","content":"","tool_calls":[{"id":"call-%d","type":"function",\
            "function":{"name":"run_shell","arguments":"{\\"command\\":\\"%s\\"}"}}]}\
            """
                .formatted(number, command)
            : "{\"role\":\"assistant\",\"content\":\"done\"}";
    return """
    {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
    "message":%s,"finish_reason":"%s"}],\
    "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}\
    """
        .formatted(message, number <= turns ? "tool_calls" : "stop");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
