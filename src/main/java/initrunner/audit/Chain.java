package initrunner.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/// The records of one table, each signed together with the signature of the one before.
///
/// Where the chain begins and ends is signed too ([RecordEnds]), so that records that are missing
/// at either end are missed.
enum Chain {
  RUNS("audit_log", "SELECT r.* FROM audit_log r"),

  /// Signatures stand in a table of their own: the columns of this one are what others read and
  /// write.
  EVENTS(
      "security_events",
      "SELECT r.*, s.prev_hash, s.record_hash FROM security_events r"
          + " LEFT JOIN security_event_signatures s ON s.event_id = r.id"),

  /// What was done to the record itself: what was pruned, and when.
  NOTES("audit_notes", "SELECT r.* FROM audit_notes r");

  /// The chains of what was run, which are what is asked for and pruned.
  static final List<Chain> OF_RECORDS = List.of(RUNS, EVENTS);

  static final String SIGNATURES = "security_event_signatures";

  private static final List<String> RUN_COLUMNS =
      List.of(
          "run_id",
          "agent_name",
          "timestamp",
          "user_prompt",
          "model",
          "provider",
          "output",
          "tokens_in",
          "tokens_out",
          "total_tokens",
          "thinking_tokens",
          "reasoning_tokens",
          "tool_calls",
          "duration_ms",
          "success",
          "error",
          "trigger_type",
          "trigger_metadata",
          "principal_id",
          "tool_names",
          "event_timeline_json",
          "judge_verdicts");

  private static final List<String> EVENT_COLUMNS =
      List.of(
          "id", "timestamp", "event_type", "agent_name", "details", "source_ip", "principal_id");

  private static final List<String> NOTE_COLUMNS = List.of("id", "timestamp", "type", "details");

  private final String table;
  private final String select;

  Chain(String table, String select) {
    this.table = table;
    this.select = select;
  }

  static Optional<Chain> ofTable(String table) {
    for (Chain chain : values()) {
      if (chain.table.equals(table)) {
        return Optional.of(chain);
      }
    }
    return Optional.empty();
  }

  String table() {
    return table;
  }

  /// All that [#select] reads.
  List<String> tables() {
    return this == EVENTS ? List.of(table, SIGNATURES) : List.of(table);
  }

  /// All rows with their signatures, with the alias `r`.
  String select() {
    return select;
  }

  List<String> signedColumns() {
    return switch (this) {
      case RUNS -> RUN_COLUMNS;
      case EVENTS -> EVENT_COLUMNS;
      case NOTES -> NOTE_COLUMNS;
    };
  }

  /// Whether [#select] finds all it needs.
  boolean isWhole(Statement statement) throws SQLException {
    Set<String> columns = AuditSchema.columns(statement, table);
    Set<String> needed = new HashSet<>(Set.of("id", "timestamp"));
    if (this == EVENTS) {
      columns.addAll(AuditSchema.columns(statement, SIGNATURES));
      needed.add("event_id");
    }
    needed.addAll(Set.of("prev_hash", "record_hash"));
    return columns.containsAll(needed);
  }

  /// Deletes the records up to this one.
  void delete(Connection connection, long last) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM " + table + " WHERE id <= " + last);
      if (this == EVENTS) {
        statement.executeUpdate("DELETE FROM " + SIGNATURES + " WHERE event_id <= " + last);
      }
    }
  }

  /// A record's signature.
  static String sign(String previousHash, SortedMap<String, Optional<Object>> fields, Hmac key) {
    return key.sign(previousHash + CanonicalJson.of(fields));
  }
}
