package initrunner.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The tables of the audit log, made and brought up to date where it is opened to write.
final class AuditSchema {

  private static final int TABLES = 5;

  private static final String COUNT_TABLES =
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN"
          + " ('audit_log', 'security_events', 'security_event_signatures', 'audit_chain',"
          + " 'audit_notes')";

  private static final Set<String> WHOLE_NUMBERS =
      Set.of("tokens_in", "tokens_out", "total_tokens", "tool_calls", "duration_ms");

  private static final Set<String> OPTIONAL_TEXTS =
      Set.of(
          "error",
          "trigger_type",
          "trigger_metadata",
          "event_timeline_json",
          "judge_verdicts",
          "principal_id",
          "tool_names",
          "prev_hash",
          "record_hash");

  private static final String[] DEFINITIONS = {
    """
    CREATE TABLE IF NOT EXISTS security_events (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      timestamp TEXT NOT NULL,
      event_type TEXT NOT NULL,
      agent_name TEXT NOT NULL,
      details TEXT NOT NULL,
      source_ip TEXT,
      principal_id TEXT
    )\
    """,
    "CREATE INDEX IF NOT EXISTS idx_sec_event_type ON security_events (event_type)",
    "CREATE INDEX IF NOT EXISTS idx_sec_timestamp ON security_events (timestamp)",
    "CREATE INDEX IF NOT EXISTS idx_sec_agent ON security_events (agent_name)",
    """
    CREATE TABLE IF NOT EXISTS security_event_signatures (
      event_id INTEGER PRIMARY KEY,
      prev_hash TEXT NOT NULL,
      record_hash TEXT NOT NULL
    )\
    """,
    """
    CREATE TABLE IF NOT EXISTS audit_chain (
      chain TEXT PRIMARY KEY,
      base_id INTEGER NOT NULL,
      base_hash TEXT NOT NULL,
      tip_id INTEGER NOT NULL,
      tip_hash TEXT NOT NULL,
      ends_hash TEXT NOT NULL
    ) WITHOUT ROWID\
    """,
    """
    CREATE TABLE IF NOT EXISTS audit_notes (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      timestamp TEXT NOT NULL,
      type TEXT NOT NULL,
      details TEXT NOT NULL,
      prev_hash TEXT NOT NULL,
      record_hash TEXT NOT NULL
    )\
    """,
    "CREATE INDEX IF NOT EXISTS idx_agent_name ON audit_log (agent_name)",
    "CREATE INDEX IF NOT EXISTS idx_timestamp ON audit_log (timestamp)",
    "CREATE INDEX IF NOT EXISTS idx_run_id ON audit_log (run_id)",
    "CREATE INDEX IF NOT EXISTS idx_trigger_type ON audit_log (trigger_type)",
  };

  private AuditSchema() {}

  /// Makes what is missing, and begins the audit log or takes it over. Where all is there, that is
  /// two questions.
  ///
  /// @throws AuditException if the audit log is not this program's, or is signed with another key
  static void ensure(CurrentEnds current) throws SQLException {
    Connection connection = current.connection();
    if (isWhole(connection) && EndsTable.read(connection, current.key()).isPresent()) {
      return;
    }
    TakeOver.Found ignored =
        SqliteDriver.inTransaction(
            connection,
            () -> {
              TakeOver.Found found = TakeOver.look(current);
              ensureRuns(connection);
              SqliteDriver.execute(connection, DEFINITIONS);
              Optional<LogEnds> ends = TakeOver.begin(current, found);
              if (ends.isPresent()) {
                try (EndsTable table = new EndsTable(connection)) {
                  table.writeAll(ends.get(), current.key());
                }
              }
              return found;
            });
  }

  private static boolean isWhole(Connection connection) throws SQLException {
    return SqliteDriver.number(connection, COUNT_TABLES) == TABLES
        && Chain.RUNS.columns(connection).contains("record_hash");
  }

  private static void ensureRuns(Connection connection) throws SQLException {
    Set<String> present = Chain.RUNS.columns(connection);
    List<String> columns =
        Stream.concat(Chain.RUNS.signedColumns().stream(), Stream.of("prev_hash", "record_hash"))
            .toList();
    if (present.isEmpty()) {
      SqliteDriver.execute(
          connection,
          columns.stream()
              .map(column -> column + type(column))
              .collect(
                  Collectors.joining(
                      ", ",
                      "CREATE TABLE audit_log (id INTEGER PRIMARY KEY AUTOINCREMENT, ",
                      ")")));
      return;
    }
    for (String column : columns) {
      if (!present.contains(column)) {
        // Rows that are there already have no value for it.
        String type = type(column).replace(" NOT NULL", "");
        SqliteDriver.execute(connection, "ALTER TABLE audit_log ADD COLUMN " + column + type);
      }
    }
  }

  private static String type(String column) {
    return switch (column) {
      case "success" -> " BOOLEAN NOT NULL";
      case "thinking_tokens", "reasoning_tokens" -> " INTEGER NOT NULL DEFAULT 0";
      case String text when OPTIONAL_TEXTS.contains(text) -> " TEXT";
      case String number when WHOLE_NUMBERS.contains(number) -> " INTEGER NOT NULL";
      default -> " TEXT NOT NULL";
    };
  }
}
