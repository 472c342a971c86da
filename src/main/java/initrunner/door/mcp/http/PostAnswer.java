package initrunner.door.mcp.http;

import com.sun.net.httpserver.HttpExchange;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.Outlet;
import initrunner.door.jsonrpc.RpcException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The answer to one POST: one JSON value if nothing but the answer comes, and it comes soon; else
/// a stream of events (WHATWG, "Server-sent events"). Any thread may give messages; only the thread
/// of the POST writes to the client, so no interrupt of another one closes the connection.
final class PostAnswer implements Outlet {

  /// A stream begins after this time without an answer, and has a comment each time that long
  /// passes without a message. So a client that is gone is noticed.
  private static final Duration BETWEEN_COMMENTS = Duration.ofSeconds(1);

  /// A client that takes no bytes for so long is gone.
  private static final Duration MOST_WRITING = Duration.ofSeconds(30);

  private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BEFORE = "event: message\ndata: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AFTER = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private sealed interface Part {

    record Message(Json json) implements Part {}

    record End(Optional<Json> answer) implements Part {}

    record Silence() implements Part {}
  }

  private final HttpExchange http;
  private final int statusOfUnknownMethod;
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private final Thread writer = Thread.currentThread();
  private volatile Optional<Long> writingSinceNanos = Optional.empty();

  /// Made by the thread that calls [#write].
  ///
  /// @param statusOfUnknownMethod of HTTP, where the answer is that there is no such method
  PostAnswer(HttpExchange http, int statusOfUnknownMethod) {
    this.http = http;
    this.statusOfUnknownMethod = statusOfUnknownMethod;
  }

  @Override
  public void send(Json.Obj message) {
    parts.add(new Part.Message(message));
  }

  @Override
  public void end(Optional<Json> answer) {
    parts.add(new Part.End(answer));
  }

  /// Writes until the answer is sent. After a failure, the connection must be closed.
  ///
  /// @throws IOException if the client is gone
  /// @throws InterruptedException if the client takes nothing any more
  void write() throws IOException, InterruptedException {
    Part first = next();
    if (first instanceof Part.End(Optional<Json> answer) && answer.isPresent()) {
      writingSinceNanos = Optional.of(System.nanoTime());
      HttpAnswers.json(http, status(answer.get()), answer.get());
      writingSinceNanos = Optional.empty();
    } else {
      stream(first);
    }
  }

  private Part next() throws InterruptedException {
    return Optional.ofNullable(parts.poll(BETWEEN_COMMENTS.toMillis(), TimeUnit.MILLISECONDS))
        .orElse(new Part.Silence());
  }

  private int status(Json answer) {
    boolean isUnknownMethod =
        answer instanceof Json.Obj object
            && object
                .object("error")
                .flatMap(error -> error.get("code"))
                .filter(new Json.Num(Integer.toString(RpcException.METHOD_NOT_FOUND))::equals)
                .isPresent();
    return isUnknownMethod ? statusOfUnknownMethod : 200;
  }

  private void stream(Part first) throws IOException, InterruptedException {
    http.getResponseHeaders().set("Content-Type", "text/event-stream");
    http.getResponseHeaders().set("Cache-Control", "no-store");
    http.getResponseHeaders().set("X-Accel-Buffering", "no");
    http.sendResponseHeaders(200, 0);
    OutputStream out = http.getResponseBody();
    Part part = first;
    while (true) {
      switch (part) {
        case Part.Message(Json json) -> event(out, json);
        case Part.Silence() -> write(out, COMMENT);
        case Part.End(Optional<Json> answer) -> {
          if (answer.isPresent()) {
            event(out, answer.get());
          }
          out.close();
          return;
        }
      }
      part = next();
    }
  }

  private void event(OutputStream out, Json json) throws IOException {
    byte[] text = json.bytes();
    byte[] event = new byte[BEFORE.length + text.length + AFTER.length];
    System.arraycopy(BEFORE, 0, event, 0, BEFORE.length);
    System.arraycopy(text, 0, event, BEFORE.length, text.length);
    System.arraycopy(AFTER, 0, event, BEFORE.length + text.length, AFTER.length);
    write(out, event);
  }

  private void write(OutputStream out, byte[] bytes) throws IOException {
    writingSinceNanos = Optional.of(System.nanoTime());
    out.write(bytes);
    out.flush();
    writingSinceNanos = Optional.empty();
  }

  /// Closes the connection of a client that has taken nothing for 30 seconds.
  void closeIfStuck() {
    boolean isStuck =
        writingSinceNanos
            .filter(begin -> System.nanoTime() - begin > MOST_WRITING.toNanos())
            .isPresent();
    if (isStuck) {
      // An interrupt in the middle of a write closes the channel.
      writer.interrupt();
    }
  }
}
