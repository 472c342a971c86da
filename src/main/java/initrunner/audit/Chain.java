package initrunner.audit;

import initrunner.text.CanonicalJson;
import initrunner.text.Hmac;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The records of one table, each signed together with the signature of the one before.
///
/// Where the chain begins and ends is signed too ([LogEnds]), so that records that are missing at
/// either end are missed.
enum Chain {
  RUNS("audit_log", "r.*", " FROM audit_log r"),

  /// Signatures stand in a table of their own: the columns of this one are what others read and
  /// write.
  EVENTS(
      "security_events",
      "r.*, s.prev_hash, s.record_hash",
      " FROM security_events r LEFT JOIN security_event_signatures s ON s.event_id = r.id"),

  /// What was done to the record itself: what was pruned, and when.
  NOTES("audit_notes", "r.*", " FROM audit_notes r");

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
  private final String columns;
  private final String from;

  Chain(String table, String columns, String from) {
    this.table = table;
    this.columns = columns;
    this.from = from;
  }

  static Optional<Chain> ofTable(String table) {
    return Arrays.stream(values()).filter(chain -> chain.table.equals(table)).findAny();
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
    return "SELECT " + columns + from;
  }

  /// Where [#select] reads.
  String from() {
    return from;
  }

  List<String> signedColumns() {
    return switch (this) {
      case RUNS -> RUN_COLUMNS;
      case EVENTS -> EVENT_COLUMNS;
      case NOTES -> NOTE_COLUMNS;
    };
  }

  /// What this database has of the columns; nothing where there is no such table.
  Set<String> columns(Connection connection) throws SQLException {
    Set<String> present = SqliteDriver.columns(connection, table);
    if (this == EVENTS && !present.isEmpty()) {
      present.addAll(SqliteDriver.columns(connection, SIGNATURES));
    }
    return present;
  }

  /// Whether [#select] finds all it needs.
  boolean isWhole(Connection connection) throws SQLException {
    Set<String> present = columns(connection);
    return present.containsAll(Set.of("id", "timestamp", "prev_hash", "record_hash"))
        && (this != EVENTS || present.contains("event_id"));
  }

  /// Deletes the records up to this one.
  void delete(Connection connection, long last) throws SQLException {
    SqliteDriver.execute(connection, "DELETE FROM " + table + " WHERE id <= " + last);
    if (this == EVENTS) {
      SqliteDriver.execute(connection, "DELETE FROM " + SIGNATURES + " WHERE event_id <= " + last);
    }
  }

  /// The signature of a record; a column that is not among the fields is empty.
  String sign(String previousHash, Map<String, Optional<Object>> fields, Hmac key) {
    SortedMap<String, Optional<Object>> signed = new TreeMap<>();
    for (String column : signedColumns()) {
      signed.put(column, fields.getOrDefault(column, Optional.empty()));
    }
    return key.sign(previousHash + CanonicalJson.of(signed));
  }
}
