package initrunner.run;

import initrunner.model.RunEvent;
import initrunner.text.JsonText;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Keeps the events of a run for its row in the audit log: the newest ones, each with at most the
/// beginning of its texts. Takes one event at a time.
final class RunTimeline implements Consumer<RunEvent> {

  static final int MOST_ENTRIES = 500;
  static final int MOST_CHARACTERS = 120;

  private static final String CONTENT = "content_preview";

  private final UnaryOperator<String> redaction;
  private final Clock clock;
  private final Deque<Map<String, Object>> entries = new ArrayDeque<>();
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
        add("model_turn", text.toString());
        text.setLength(0);
      }
      case RunEvent.ToolStarted(ToolCall call) ->
          add("tool_call", Optional.of(call), "args_preview", call.arguments().toString());
      case RunEvent.ToolEnded(ToolCall call, ToolResult result, Duration _) ->
          add(
              "tool_result",
              Optional.of(call),
              CONTENT,
              result.status().name().toLowerCase(Locale.ROOT) + ": " + result.text());
      case RunEvent.ModelRetry(String reason, Duration _) -> add("model_retry", reason);
      case RunEvent.ModelFallback(String reason, String next) -> {
        add("model_fallback", next + ": " + reason);
        // The text so far belongs to an abandoned answer.
        text.setLength(0);
      }
      case RunEvent.ConversationShortened(String leftOut) -> add("conversation_shortened", leftOut);
    }
  }

  private void add(String type, String content) {
    add(type, Optional.empty(), CONTENT, content);
  }

  private void add(String type, Optional<ToolCall> call, String field, String content) {
    if (entries.size() == MOST_ENTRIES) {
      entries.removeFirst();
    }
    SequencedMap<String, Object> entry = new LinkedHashMap<>();
    entry.put("type", type);
    entry.put("timestamp_unix_ms", clock.millis());
    call.ifPresent(made -> {
      entry.put("tool_call_id", made.id());
      entry.put("tool_name", made.tool());
    });
    if (!content.isEmpty()) {
      entry.put(field, preview(content));
    }
    entries.add(entry);
  }

  private String preview(String whole) {
    String clean = redaction.apply(whole);
    int end = Math.min(clean.length(), MOST_CHARACTERS);
    return clean.substring(0, clean.offsetByCodePoints(0, clean.codePointCount(0, end)))
        + (end < clean.length() ? "…" : "");
  }

  synchronized String json() {
    return JsonText.line(List.copyOf(entries));
  }
}
