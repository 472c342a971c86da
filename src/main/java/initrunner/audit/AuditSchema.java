package initrunner.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// The tables of the audit log, made and brought up to date where it is opened to write.
final class AuditSchema {

  private static final int TABLES = 5;

  private static final String COUNT_TABLES =
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN"
          + " ('audit_log', 'security_events', 'security_event_signatures', 'audit_chain',"
          + " 'audit_notes')";

  private static final String[] DEFINITIONS = {
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

  /// Makes what is missing, and begins the audit log or takes it over. Where all is there, that is
  /// two questions.
  ///
  /// @throws AuditException if the audit log is not this program's, or is signed with another key
  static void ensure(CurrentEnds current) throws SQLException {
    Connection connection = current.connection();
    if (isWhole(connection) && EndsTable.read(connection, current.key()).isPresent()) {
      return;
    }
    Statements statements = new Statements(connection);
    boolean ignored =
        statements.inTransaction(() -> {
          Optional<LogEnds> from = TakeOver.look(current);
          for (Chain chain : Chain.values()) {
            chain.ensure(connection);
          }
          SqliteDriver.execute(connection, DEFINITIONS);
          if (from.isPresent()) {
            LogEnds whole = TakeOver.withUnsigned(current, from.get());
            EndsTable.writeAll(statements, whole, current.key());
          }
          return true;
        });
  }

  private static boolean isWhole(Connection connection) throws SQLException {
    return SqliteDriver.number(connection, COUNT_TABLES) == TABLES
        && Chain.RUNS.columns(connection).contains("record_hash");
  }
}
