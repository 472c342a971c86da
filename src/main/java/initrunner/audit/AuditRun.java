package initrunner.audit;

import initrunner.text.CanonicalJson;
import initrunner.text.Redaction;
import initrunner.text.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is recorded of one run of an agent, at its end or pause. Immutable.
///
/// Known shapes of secrets are taken out of its texts when it is recorded; what else must not be in
/// them is the caller's to take out.
///
/// @param timestamp of its beginning
/// @param toolCalls how many were made
/// @param success whether the model answered
/// @param error why it did not, or what it waits for
/// @param trigger what started it
/// @param timeline what happened in it, a JSON array
/// @param toolNames of the calls made, each name once
public record AuditRun(
    String runId,
    String agentName,
    Instant timestamp,
    String userPrompt,
    String provider,
    String model,
    String output,
    Tokens tokens,
    int toolCalls,
    Duration duration,
    boolean success,
    Optional<String> error,
    Trigger trigger,
    String timeline,
    List<String> toolNames) {

  /// Longer texts are cut; all of them together fit into a row.
  static final int MOST_CHARACTERS = 1_000_000;

  public AuditRun {
    toolNames = List.copyOf(toolNames);
  }

  /// What a new record has.
  SortedMap<String, Optional<Object>> fields() {
    SortedMap<String, Optional<Object>> fields = new TreeMap<>();
    fields.put("run_id", Optional.of(runId));
    fields.put("agent_name", text(agentName));
    fields.put("timestamp", Optional.of(Timestamps.format(timestamp)));
    fields.put("user_prompt", text(userPrompt));
    fields.put("model", text(model));
    fields.put("provider", text(provider));
    fields.put("output", text(output));
    fields.put("tokens_in", Optional.of(tokens.in()));
    fields.put("tokens_out", Optional.of(tokens.out()));
    fields.put("total_tokens", Optional.of(tokens.in() + tokens.out()));
    fields.put("thinking_tokens", Optional.of(0));
    fields.put("reasoning_tokens", Optional.of(0));
    fields.put("tool_calls", Optional.of(toolCalls));
    fields.put("duration_ms", Optional.of(duration.toMillis()));
    fields.put("success", Optional.of(success));
    fields.put("error", error.flatMap(AuditRun::text));
    fields.put("trigger_type", Optional.of(trigger.type()));
    fields.put("trigger_metadata", trigger.metadata().flatMap(AuditRun::text));
    fields.put("tool_names", Optional.of(toolNamesJson()));
    fields.put("event_timeline_json", text(timeline));
    return fields;
  }

  /// A JSON list, as the Python InitRunner writes and reads it.
  private String toolNamesJson() {
    StringBuilder json = new StringBuilder("[");
    for (String name : toolNames) {
      json.append(json.length() == 1 ? "" : ", ");
      CanonicalJson.quote(json, Redaction.redact(name));
    }
    return json.append(']').toString();
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

  /// Tokens that the model counted.
  public record Tokens(long in, long out) {}

  /// What started a run.
  ///
  /// @param type as `cli`, `resume`
  /// @param metadata a JSON object
  public record Trigger(String type, Optional<String> metadata) {}
}
