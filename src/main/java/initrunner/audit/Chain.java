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
import java.util.stream.Stream;

/// The records of one table, each signed together with the signature of the one before.
///
/// Where the chain begins and ends is signed too ([LogEnds]), so that records that are missing at
/// either end show.
enum Chain {
  RUNS(
      "audit_log",
      """
      run_id TEXT NOT NULL, agent_name TEXT NOT NULL, timestamp TEXT NOT NULL,
      user_prompt TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL, output TEXT NOT NULL,
      tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL, total_tokens INTEGER NOT NULL,
      thinking_tokens INTEGER NOT NULL DEFAULT 0, reasoning_tokens INTEGER NOT NULL DEFAULT 0,
      tool_calls INTEGER NOT NULL, duration_ms INTEGER NOT NULL, success BOOLEAN NOT NULL,
      error TEXT, trigger_type TEXT, trigger_metadata TEXT, principal_id TEXT, tool_names TEXT,
      event_timeline_json TEXT, judge_verdicts TEXT\
      """,
      "prev_hash TEXT, record_hash TEXT"),

  /// Signatures are in a table of their own: the columns of this one are what others read and
  /// write.
  EVENTS(
      "security_events",
      """
      timestamp TEXT NOT NULL, event_type TEXT NOT NULL, agent_name TEXT NOT NULL,
      details TEXT NOT NULL, source_ip TEXT, principal_id TEXT\
      """,
      ""),

  /// What was done to the audit log itself: what was pruned, and when.
  NOTES(
      "audit_notes",
      "timestamp TEXT NOT NULL, type TEXT NOT NULL, details TEXT NOT NULL",
      "prev_hash TEXT NOT NULL, record_hash TEXT NOT NULL");

  /// The chains that queries read and prunings shorten.
  static final List<Chain> OF_RECORDS = List.of(RUNS, EVENTS);

  static final String SIGNATURES = "security_event_signatures";

  private final String table;

  /// Each with its type.
  private final String columns;

  private final String signatureColumns;

  @SuppressWarnings("ImmutableEnumChecker") // The list is made here and cannot be changed.
  private final List<String> signedColumns;

  Chain(String table, String columns, String signatureColumns) {
    this.table = table;
    this.columns = columns;
    this.signatureColumns = signatureColumns;
    Stream<String> names = split(columns).map(Chain::name);
    // A run's id is not signed, as the Python InitRunner signs runs without it.
    Stream<String> id = table.equals("audit_log") ? Stream.empty() : Stream.of("id");
    signedColumns = Stream.concat(id, names).toList();
  }

  private static Stream<String> split(String columns) {
    return Arrays.stream(columns.split(",")).map(String::strip).filter(each -> !each.isEmpty());
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
    return "SELECT r.*" + (this == EVENTS ? ", s.prev_hash, s.record_hash" : "") + from();
  }

  /// Where [#select] reads.
  String from() {
    return " FROM "
        + table
        + " r"
        + (this == EVENTS ? " LEFT JOIN " + SIGNATURES + " s ON s.event_id = r.id" : "");
  }

  /// What goes into a signature.
  List<String> signedColumns() {
    return signedColumns;
  }

  private static String name(String column) {
    return column.substring(0, column.indexOf(' '));
  }

  /// Makes the table, or adds what one of an earlier version lacks.
  void ensure(Connection connection) throws SQLException {
    Set<String> present = SqliteDriver.columns(connection, table);
    List<String> needed = Stream.concat(split(columns), split(signatureColumns)).toList();
    if (present.isEmpty()) {
      String all = String.join(", ", needed);
      SqliteDriver.execute(
          connection,
          "CREATE TABLE IF NOT EXISTS "
              + table
              + " (id INTEGER PRIMARY KEY AUTOINCREMENT, "
              + all
              + ")");
      return;
    }
    for (String column : needed) {
      if (this == RUNS && !present.contains(name(column))) {
        // Rows that are there already have no value for it.
        String type = column.replace(" NOT NULL", "");
        SqliteDriver.execute(connection, "ALTER TABLE " + table + " ADD COLUMN " + type);
      }
    }
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
