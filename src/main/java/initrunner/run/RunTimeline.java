package initrunner.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import initrunner.model.RunEvent;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Keeps the events of a run for its row in the audit log: the newest ones, each with at most the
/// beginning of its texts. Takes one event at a time.
final class RunTimeline implements Consumer<RunEvent> {

  static final int MOST_ENTRIES = 500;
  static final int MOST_CHARACTERS = 120;

  private record Entry(
      String type,
      long timestampMillis,
      Optional<ToolCall> call,
      Optional<String> arguments,
      Optional<String> content) {}

  private final UnaryOperator<String> redaction;
  private final Clock clock;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private final StringBuilder text = new StringBuilder();

  /// @param redaction takes secrets out of texts before they are cut
  RunTimeline(UnaryOperator<String> redaction, Clock clock) {
    this.redaction = redaction;
    this.clock = clock;
  }

  @Override
  public synchronized void accept(RunEvent event) {
    switch (event) {
      case RunEvent.TextDelta(String more) -> text.append(more);
      case RunEvent.TurnEnded() -> {
        add("model_turn", Optional.empty(), Optional.empty(), text.toString());
        text.setLength(0);
      }
      case RunEvent.ToolStarted(ToolCall call) ->
          add("tool_call", Optional.of(call), Optional.of(call.arguments().toString()), "");
      case RunEvent.ToolEnded(ToolCall call, ToolResult result, Duration _) ->
          add(
              "tool_result",
              Optional.of(call),
              Optional.empty(),
              result.status().name().toLowerCase(Locale.ROOT) + ": " + result.text());
      case RunEvent.ModelRetry(String reason, Duration _) ->
          add("model_retry", Optional.empty(), Optional.empty(), reason);
      case RunEvent.ModelFallback(String reason, String next) -> {
        add("model_fallback", Optional.empty(), Optional.empty(), next + ": " + reason);
        // The text so far belongs to an abandoned answer.
        text.setLength(0);
      }
      case RunEvent.ConversationShortened(String leftOut) ->
          add("conversation_shortened", Optional.empty(), Optional.empty(), leftOut);
    }
  }

  private void add(
      String type, Optional<ToolCall> call, Optional<String> arguments, String content) {
    if (entries.size() == MOST_ENTRIES) {
      entries.removeFirst();
    }
    entries.add(
        new Entry(
            type,
            clock.millis(),
            call,
            arguments.map(this::preview),
            Optional.of(content).filter(some -> !some.isEmpty()).map(this::preview)));
  }

  private String preview(String whole) {
    String clean = redaction.apply(whole);
    int end = Math.min(clean.length(), MOST_CHARACTERS);
    return clean.substring(0, clean.offsetByCodePoints(0, clean.codePointCount(0, end)));
  }

  /// A JSON array.
  synchronized String json() {
    StringWriter to = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(to)) {
      json.writeStartArray();
      for (Entry entry : entries) {
        json.writeStartObject();
        json.writeStringField("type", entry.type());
        json.writeNumberField("timestamp_unix_ms", entry.timestampMillis());
        if (entry.call().isPresent()) {
          json.writeStringField("tool_call_id", entry.call().get().id());
          json.writeStringField("tool_name", entry.call().get().tool());
        }
        if (entry.arguments().isPresent()) {
          json.writeStringField("args_preview", entry.arguments().get());
        }
        if (entry.content().isPresent()) {
          json.writeStringField("content_preview", entry.content().get());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to.toString();
  }
}
