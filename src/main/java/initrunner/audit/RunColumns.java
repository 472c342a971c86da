package initrunner.audit;

import initrunner.text.Redaction;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The columns of a run's row.
final class RunColumns {

  /// Of each text; all of them together fit into a row.
  static final int MOST_CHARACTERS = 1_000_000;

  private RunColumns() {}

  static SortedMap<String, Optional<Object>> of(AuditRun run) {
    SortedMap<String, Optional<Object>> fields = new TreeMap<>();
    fields.put("run_id", Optional.of(run.runId()));
    fields.put("agent_name", text(run.agentName()));
    fields.put("timestamp", Optional.of(Timestamps.format(run.timestamp())));
    fields.put("user_prompt", text(run.userPrompt()));
    fields.put("model", text(run.model()));
    fields.put("provider", text(run.provider()));
    fields.put("output", text(run.output()));
    fields.put("tokens_in", Optional.of(run.tokens().in()));
    fields.put("tokens_out", Optional.of(run.tokens().out()));
    fields.put("total_tokens", Optional.of(run.tokens().in() + run.tokens().out()));
    fields.put("thinking_tokens", Optional.of(0));
    fields.put("reasoning_tokens", Optional.of(0));
    fields.put("tool_calls", Optional.of(run.toolCalls()));
    fields.put("duration_ms", Optional.of(run.duration().toMillis()));
    fields.put("success", Optional.of(run.success()));
    fields.put("error", run.error().flatMap(RunColumns::text));
    fields.put("trigger_type", Optional.of(run.trigger().type()));
    fields.put("trigger_metadata", run.trigger().metadata().flatMap(RunColumns::text));
    fields.put("principal_id", Optional.empty());
    fields.put("tool_names", toolNames(run.toolNames()));
    fields.put("event_timeline_json", text(run.timeline()));
    fields.put("judge_verdicts", Optional.empty());
    return fields;
  }

  /// A JSON list, as the Python InitRunner writes and reads it.
  private static Optional<Object> toolNames(List<String> names) {
    StringBuilder json = new StringBuilder("[");
    for (String name : names) {
      json.append(json.length() == 1 ? "" : ", ");
      CanonicalJson.quote(json, Redaction.redact(name));
    }
    return Optional.of(json.append(']').toString());
  }

  /// Cut where it is very long. SQLite keeps half a surrogate pair as something else, which could
  /// not be verified.
  private static Optional<Object> text(String raw) {
    String redacted = Redaction.redact(raw);
    int left = redacted.length() - MOST_CHARACTERS;
    String cut =
        left <= 0
            ? redacted
            : redacted.substring(0, MOST_CHARACTERS) + "... [" + left + " more characters]";
    StringBuilder whole = new StringBuilder(cut.length());
    cut.codePoints()
        .map(character ->
            character == 0 || (character >= 0xD800 && character <= 0xDFFF) ? 0xFFFD : character)
        .forEach(whole::appendCodePoint);
    return Optional.of(whole.toString());
  }
}
