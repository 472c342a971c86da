package initrunner.audit;

import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// The tables of the record, made and brought up to date where it is opened to write.
final class AuditSchema {

  private static final int TABLES = 5;

  private static final String COUNT_TABLES =
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN"
          + " ('audit_log', 'security_events', 'security_event_signatures', 'audit_chain',"
          + " 'audit_notes')";

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

  /// Makes what is missing, and begins the record or takes it over. Where all is there, that is two
  /// questions.
  ///
  /// @throws AuditException if the record is not this program's, or is signed with another key
  static void ensure(CurrentEnds current) throws SQLException {
    try (Statement statement = current.connection().createStatement()) {
      if (isWhole(statement)
          && EndsTable.read(current.connection(), current.key())
              instanceof EndsTable.Stored.Signed(_, EndsTable.Version version)
          && version == EndsTable.Version.TOGETHER) {
        return;
      }
      inTransaction(
          statement,
          () -> {
            TakeOver.Found found = TakeOver.look(current);
            ensureRuns(statement);
            for (String definition : DEFINITIONS) {
              statement.execute(definition);
            }
            Optional<RecordEnds> ends = TakeOver.begin(current, found);
            if (ends.isPresent()) {
              try (EndsTable table = new EndsTable(current.connection())) {
                table.writeAll(statement, ends.get(), current.key());
              }
            }
            return found;
          });
    }
  }

  /// Work inside of a transaction.
  interface Work<T> {
    T run() throws SQLException;
  }

  /// Does the work with the write lock, and commits it; on any throwable it is rolled back.
  static <T> T inTransaction(Statement statement, Work<T> work) throws SQLException {
    statement.execute("BEGIN IMMEDIATE");
    boolean isCommitted = false;
    try {
      T result = work.run();
      statement.execute("COMMIT");
      isCommitted = true;
      return result;
    } finally {
      if (!isCommitted) {
        rollBack(statement);
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

  /// The columns of a table; none where there is no such table, or a view or a virtual table has
  /// its name: what these show can be another thing at each time.
  static Set<String> columns(Statement statement, String table) throws SQLException {
    Set<String> names = new HashSet<>();
    try (ResultSet columns =
        statement.executeQuery(
            "SELECT c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.name = '"
                + table
                + "' AND t.type = 'table' AND t.rootpage > 0")) {
      while (columns.next()) {
        names.add(columns.getString(1));
      }
    }
    return names;
  }

  /// Ends a transaction that failed, which is what is reported then. Where this fails too, SQLite
  /// has ended it already.
  private static void rollBack(Statement statement) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      System.getLogger(AuditSchema.class.getName()).log(Level.DEBUG, "Nothing to roll back", e);
    }
  }
}
