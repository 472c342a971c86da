package initrunner.door.mcp;

import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Json;
import initrunner.exec.transport.Uninterrupted;
import initrunner.runtime.output.OutputLine;
import initrunner.runtime.output.OutputWatcher;
import initrunner.text.SafeText;
import java.time.Duration;
import java.util.Optional;

/// Tells a client every few seconds that its call goes on (MCP, `notifications/progress`), with the
/// last line of the output; a new line is told within a second. Clients give up calls that say
/// nothing. The output may come from another thread.
final class Progress implements AutoCloseable {

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final int MOST_LOOKS = 3;
  private static final int MOST_CHARACTERS = 200;

  private final Exchange exchange;
  private final Json token;
  private final long beginNanos = System.nanoTime();
  private final Optional<Thread> thread;
  private volatile Optional<OutputLine> last = Optional.empty();
  private volatile String waiting = "";

  private Progress(Exchange exchange, Optional<Json> token) {
    this.exchange = exchange;
    this.token = token.orElse(new Json.Null());
    this.thread =
        token.map(_ -> Thread.ofVirtual().name("progress").start(this::tellUntilInterrupted));
  }

  /// Begins, if the client asked for it with a `progressToken`.
  static Progress of(Exchange exchange) {
    Optional<Json> token =
        exchange
            .request()
            .params()
            .object("_meta")
            .flatMap(meta -> meta.get("progressToken"))
            .filter(each ->
                each instanceof Json.Text || (each instanceof Json.Num number && number.isWhole()));
    return new Progress(exchange, token);
  }

  /// Keeps the last line of the call's output; none if the client does not want to know.
  OutputWatcher watcher() {
    return thread.isEmpty()
        ? OutputWatcher.NONE
        : (_, lines) -> last = Optional.of(lines.getLast());
  }

  /// What the call waits for; it is told at once.
  void waitsFor(String what) {
    waiting = what;
    thread.ifPresent(_ -> tell(last));
  }

  private void tellUntilInterrupted() {
    Optional<OutputLine> told = Optional.empty();
    int looks = 0;
    try {
      while (true) {
        Thread.sleep(BETWEEN_LOOKS);
        looks++;
        Optional<OutputLine> now = last;
        if (looks == MOST_LOOKS || !now.equals(told)) {
          tell(now);
          told = now;
          looks = 0;
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /// The value has to increase, so it is the time in milliseconds since the call began.
  private void tell(Optional<OutputLine> output) {
    long elapsed = Duration.ofNanos(System.nanoTime() - beginNanos).toMillis();
    String line = output.map(OutputLine::text).orElse(waiting);
    Json.Obj params = Json.Obj.EMPTY.with("progressToken", token).with("progress", elapsed);
    exchange.notify(
        "notifications/progress",
        line.isEmpty()
            ? params
            : params.with("message", SafeText.cut(SafeText.oneLine(line), MOST_CHARACTERS - 1)));
  }

  /// Tells nothing more: progress of an answered request is an error of protocol.
  @Override
  public void close() {
    thread.ifPresent(Uninterrupted::end);
  }
}
