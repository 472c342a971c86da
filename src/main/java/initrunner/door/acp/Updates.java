package initrunner.door.acp;

import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Json;
import initrunner.model.RunEvent;
import initrunner.runtime.output.OutputLine;
import initrunner.text.SafeText;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Tells an editor what the run of one prompt does (ACP v1, `session/update`). Safe for many
/// threads: one update is sent after the other. The output of commands is told several times a
/// second, so a slow editor does not slow them.
final class Updates implements Consumer<RunEvent>, AutoCloseable {

  private static final Duration INTERVAL = Duration.ofMillis(250);

  private final Exchange exchange;
  private final String session;
  private final ShownCalls calls;
  private final ReentrantLock sending = new ReentrantLock();

  /// The calls that an editor sees and that have not ended, by the model's own ids.
  private final Map<String, ShownCall> open = new ConcurrentHashMap<>();

  private final Thread teller;
  private MessageText message = new MessageText();
  private int messages;

  Updates(Exchange exchange, String session, ShownCalls calls) {
    this.exchange = exchange;
    this.session = session;
    this.calls = calls;
    this.teller = Thread.ofVirtual().name("call-output").start(this::tellOutput);
  }

  @Override
  public void accept(RunEvent event) {
    sending.lock();
    try {
      switch (event) {
        case RunEvent.TextDelta(String text) -> chunk("agent_message_chunk", message.after(text));
        case RunEvent.TurnEnded() -> endMessage();
        case RunEvent.ToolStarted(ToolCall call) -> started(call);
        case RunEvent.ToolEnded(ToolCall call, ToolResult result, Duration _) ->
            Optional.ofNullable(open.remove(call.id()))
                .ifPresent(shown -> send(shown.ended(result)));
        case RunEvent.Notice notice -> message("agent_thought_chunk", notice.text() + "\n");
      }
    } finally {
      sending.unlock();
    }
  }

  private void started(ToolCall call) {
    ShownCall known = open.get(call.id());
    if (known != null) {
      known.started().ifPresent(this::send);
    } else {
      send(opened(call).begun("in_progress"));
    }
  }

  private ShownCall opened(ToolCall call) {
    ShownCall shown = calls.next(call);
    open.put(call.id(), shown);
    return shown;
  }

  /// Shows a call that waits for a person.
  ///
  /// @return the question about it
  Json.Obj waiting(ToolCall call) {
    sending.lock();
    try {
      ShownCall shown = opened(call);
      send(shown.begun("pending"));
      return shown.question();
    } finally {
      sending.unlock();
    }
  }

  /// A person refuses the call that waits.
  void refused(ToolCall call) {
    Optional.ofNullable(open.get(call.id())).ifPresent(ShownCall::refuse);
  }

  /// Says something that is not the model's, as a message of its own.
  void say(String text) {
    sending.lock();
    try {
      message("agent_message_chunk", text + "\n\n");
    } finally {
      sending.unlock();
    }
  }

  private void message(String kind, String text) {
    endMessage();
    chunk(kind, SafeText.lines(text));
    endMessage();
  }

  private void endMessage() {
    chunk("agent_message_chunk", message.rest());
    message = new MessageText();
    messages++;
  }

  private void chunk(String kind, String text) {
    if (!text.isEmpty()) {
      send(
          Json.Obj.EMPTY
              .with("sessionUpdate", kind)
              .with("messageId", calls.runId() + "-m" + messages)
              .with("content", Json.Obj.EMPTY.with("type", "text").with("text", text)));
    }
  }

  private void send(Json.Obj update) {
    exchange.notify(
        "session/update", Json.Obj.EMPTY.with("sessionId", session).with("update", update));
  }

  /// Takes the next lines of a call's output.
  void output(ToolCall call, List<OutputLine> lines) {
    Optional.ofNullable(open.get(call.id())).ifPresent(shown -> shown.output(lines));
  }

  private void tellOutput() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        sending.lock();
        try {
          open.values().forEach(shown -> shown.progress().ifPresent(this::send));
        } finally {
          sending.unlock();
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the calls that were announced and are not made. Nothing is sent afterwards.
  @Override
  public void close() {
    sending.lock();
    try {
      teller.interrupt();
      endMessage();
      open.values().forEach(shown -> send(shown.notMade()));
      open.clear();
    } finally {
      sending.unlock();
    }
  }
}
