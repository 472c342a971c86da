package initrunner.audit.story;

import initrunner.audit.story.RunSummary.Place;
import initrunner.audit.story.RunSummary.Spent;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A row of the table of runs, without its long texts. A run that paused has several, of which each
/// counts what the earlier ones did. Immutable.
///
/// @param endWord how it ended, as `answered`; empty in rows of earlier versions
record RunRow(
    long id,
    Instant begin,
    String agent,
    String trigger,
    Optional<String> endWord,
    boolean isSuccess,
    Optional<String> error,
    Optional<Place> place,
    Spent spent,
    long toolCalls,
    Duration duration) {

  static final String RESUME = "resume";

  private static final String PAUSED = "paused";
  private static final String COMMAND_LINE = "cli";
  private static final Pattern AMOUNT = Pattern.compile("\\d{1,12}(\\.\\d{1,30})?");

  private static final String SELECT =
      """
      SELECT id, timestamp, agent_name, provider, model, tokens_in, tokens_out, tool_calls,
        duration_ms, success, error, trigger_type,
        CASE WHEN json_valid(trigger_metadata) THEN trigger_metadata ->> '$.ended' END AS ended,
        CASE WHEN json_valid(trigger_metadata) THEN trigger_metadata -> '$.cost_usd' END AS cost,
        CASE WHEN json_valid(trigger_metadata) THEN trigger_metadata ->> '$.backend' END AS backend,
        CASE WHEN json_valid(trigger_metadata) THEN trigger_metadata ->> '$.host' END AS host
      FROM audit_log WHERE run_id = ? ORDER BY id\
      """;

  /// The rows of a run, oldest first.
  static List<RunRow> of(Questions questions, String runId) throws SQLException {
    return questions.all(SELECT, RunRow::of, runId);
  }

  private static RunRow of(ResultSet row) throws SQLException {
    Optional<String> backend = text(row, "backend");
    Optional<String> host = text(row, "host");
    return new RunRow(
        row.getLong("id"),
        StoredEvent.instant(row.getString("timestamp")),
        text(row, "agent_name").orElse(""),
        text(row, "trigger_type").orElse(COMMAND_LINE),
        text(row, "ended"),
        row.getBoolean("success"),
        text(row, "error"),
        backend.map(name -> new Place(name, host)),
        new Spent(
            Optional.of(text(row, "provider").orElse("") + ":" + text(row, "model").orElse("")),
            row.getLong("tokens_in"),
            row.getLong("tokens_out"),
            text(row, "cost").filter(cost -> AMOUNT.matcher(cost).matches()).map(BigDecimal::new)),
        row.getLong("tool_calls"),
        Duration.ofMillis(row.getLong("duration_ms")));
  }

  static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column)).filter(text -> !text.isEmpty());
  }

  /// The way in, as commands are named.
  String door() {
    return trigger.equals(COMMAND_LINE) ? "run" : trigger;
  }

  Outcome outcome() {
    if (isSuccess) {
      return new Outcome(Outcome.Kind.SUCCEEDED, "answered");
    }
    String why = error.orElse("failed");
    boolean isPaused = endWord.map(PAUSED::equals).orElseGet(() -> why.startsWith(PAUSED + ": "));
    return new Outcome(isPaused ? Outcome.Kind.PAUSED : Outcome.Kind.FAILED, why);
  }
}
