package initrunner.audit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// The tables of the record, made and brought up to date where it is opened to write.
final class AuditSchema {

  private static final int TABLES = 4;

  private static final String COUNT_TABLES =
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN"
          + " ('audit_log', 'security_events', 'security_event_signatures', 'audit_chain')";

  private static final SequencedMap<String, String> RUN_COLUMNS = new LinkedHashMap<>();

  static {
    RUN_COLUMNS.put("id", "INTEGER PRIMARY KEY AUTOINCREMENT");
    for (String name :
        new String[] {
          "run_id", "agent_name", "timestamp", "user_prompt", "model", "provider", "output"
        }) {
      RUN_COLUMNS.put(name, "TEXT NOT NULL");
    }
    RUN_COLUMNS.put("tokens_in", "INTEGER NOT NULL");
    RUN_COLUMNS.put("tokens_out", "INTEGER NOT NULL");
    RUN_COLUMNS.put("total_tokens", "INTEGER NOT NULL");
    RUN_COLUMNS.put("thinking_tokens", "INTEGER NOT NULL DEFAULT 0");
    RUN_COLUMNS.put("reasoning_tokens", "INTEGER NOT NULL DEFAULT 0");
    RUN_COLUMNS.put("tool_calls", "INTEGER NOT NULL");
    RUN_COLUMNS.put("duration_ms", "INTEGER NOT NULL");
    RUN_COLUMNS.put("success", "BOOLEAN NOT NULL");
    for (String name :
        new String[] {
          "error",
          "trigger_type",
          "trigger_metadata",
          "event_timeline_json",
          "judge_verdicts",
          "principal_id",
          "tool_names",
          "prev_hash",
          "record_hash"
        }) {
      RUN_COLUMNS.put(name, "TEXT");
    }
  }

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
    "CREATE INDEX IF NOT EXISTS idx_agent_name ON audit_log (agent_name)",
    "CREATE INDEX IF NOT EXISTS idx_timestamp ON audit_log (timestamp)",
    "CREATE INDEX IF NOT EXISTS idx_run_id ON audit_log (run_id)",
    "CREATE INDEX IF NOT EXISTS idx_trigger_type ON audit_log (trigger_type)",
  };

  private AuditSchema() {}

  /// Makes what is missing. Where all is there, that is one question.
  static void ensure(Connection connection, Hmac key) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (isWhole(statement)) {
        return;
      }
      statement.execute("BEGIN IMMEDIATE");
      try {
        boolean hadChain = !columns(statement, "audit_chain").isEmpty();
        ensureRuns(statement);
        for (String definition : DEFINITIONS) {
          statement.execute(definition);
        }
        if (!hadChain) {
          for (Chain chain : Chain.values()) {
            chain.begin(connection, key);
          }
        }
        statement.execute("COMMIT");
      } catch (SQLException e) {
        rollBack(statement, e);
        throw e;
      }
    }
  }

  private static boolean isWhole(Statement statement) throws SQLException {
    try (ResultSet count = statement.executeQuery(COUNT_TABLES)) {
      return count.next()
          && count.getInt(1) == TABLES
          && columns(statement, "audit_log").contains("record_hash");
    }
  }

  private static void ensureRuns(Statement statement) throws SQLException {
    Set<String> present = columns(statement, "audit_log");
    if (present.isEmpty()) {
      statement.execute(
          "CREATE TABLE audit_log ("
              + String.join(
                  ", ",
                  RUN_COLUMNS.entrySet().stream()
                      .map(column -> column.getKey() + " " + column.getValue())
                      .toList())
              + ")");
      return;
    }
    for (Map.Entry<String, String> column : RUN_COLUMNS.entrySet()) {
      if (!present.contains(column.getKey())) {
        // Rows that are there already have no value for it.
        String type = column.getValue().replace(" NOT NULL", "");
        statement.execute("ALTER TABLE audit_log ADD COLUMN " + column.getKey() + " " + type);
      }
    }
  }

  /// The columns of a table; none where there is no such table.
  static Set<String> columns(Statement statement, String table) throws SQLException {
    Set<String> names = new HashSet<>();
    try (ResultSet columns =
        statement.executeQuery("SELECT name FROM pragma_table_info('" + table + "')")) {
      while (columns.next()) {
        names.add(columns.getString(1));
      }
    }
    return names;
  }

  /// Ends a transaction that failed, which is what is reported then.
  static void rollBack(Statement statement, SQLException failure) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException suppressed) {
      failure.addSuppressed(suppressed);
    }
  }
}
