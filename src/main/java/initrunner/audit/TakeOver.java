package initrunner.audit;

import initrunner.audit.LogEnds.Ends;
import initrunner.audit.sql.Statements;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// Begins the audit log in a database that has no tables or no ends of its own: a new one, one of
/// an earlier version, or one from which they were taken.
final class TakeOver {

  private static final int PARTS = 6;

  private static final String COUNT_PARTS =
      "SELECT count(*) FROM sqlite_master WHERE (type = 'table' AND name IN"
          + " ('audit_log', 'security_events', 'security_event_signatures', 'audit_chain',"
          + " 'audit_notes')) OR (type = 'index' AND name = 'idx_sec_run')";

  private static final String[] DEFINITIONS = {
    "CREATE INDEX IF NOT EXISTS idx_sec_event_type ON security_events (event_type)",
    "CREATE INDEX IF NOT EXISTS idx_sec_timestamp ON security_events (timestamp)",
    "CREATE INDEX IF NOT EXISTS idx_sec_agent ON security_events (agent_name)",
    "CREATE INDEX IF NOT EXISTS idx_sec_run ON security_events (" + AuditQuery.RUN_OF_EVENT + ")",
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

  private TakeOver() {}

  /// Makes what is missing, and begins the audit log or takes it over. If nothing is missing, this
  /// only reads.
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
          Optional<LogEnds> from = look(current);
          for (Chain chain : Chain.values()) {
            chain.ensure(connection);
          }
          SqliteDriver.execute(connection, DEFINITIONS);
          if (from.isPresent()) {
            LogEnds whole = withUnsigned(current, from.get());
            EndsTable.writeAll(statements, whole, current.key());
          }
          return true;
        });
  }

  private static boolean isWhole(Connection connection) throws SQLException {
    return SqliteDriver.number(connection, COUNT_PARTS) == PARTS
        && Chain.RUNS.columns(connection).contains("record_hash");
  }

  /// The ends from which an audit log begins in this database, before its tables are made; empty
  /// where the ends are left as they are, so that the next record shows if they are not right.
  ///
  /// @throws AuditException if it is signed with another key
  private static Optional<LogEnds> look(CurrentEnds current) throws SQLException {
    EndsFile.Known known =
        EndsFile.about(current.chainKey(), current.key(), current.database(), Optional.empty());
    if (!known.kept().isEmpty()) {
      return Optional.empty();
    }
    if (known.unreadable()) {
      current.refuseAnotherKey(true);
    }
    return isSigned(current.connection())
        ? EndsTable.readSeparate(current.connection(), current.key())
        : Optional.of(LogEnds.ofNewLog());
  }

  /// Makes sure that the Python InitRunner's audit log stays as it is.
  ///
  /// @throws AuditException if this is one
  static void refusePython(CurrentEnds current) throws SQLException {
    if (isOfPython(current.connection())
        && !EndsFile.isKnown(current.chainKey(), current.database())) {
      throw new AuditException(
          "The audit database "
              + current.database()
              + " is the audit log of the Python InitRunner, which signs no events: one audit log of"
              + " both could not be verified",
          "Name another database: INITRUNNER_AUDIT_DB or --audit-db");
    }
  }

  /// Whether any record, or any end, has a signature, under any key.
  static boolean isSigned(Connection connection) throws SQLException {
    return (has(connection, EndsTable.TABLE) && isAny(connection, EndsTable.TABLE))
        || (has(connection, Chain.SIGNATURES) && isAny(connection, Chain.SIGNATURES))
        || isAnyRunSigned(connection);
  }

  /// Whether the Python InitRunner made the database: it signs runs without keeping ends, and has
  /// tables of its own.
  static boolean isOfPython(Connection connection) throws SQLException {
    return !has(connection, EndsTable.TABLE)
        && !has(connection, Chain.SIGNATURES)
        && (has(connection, "delegate_events")
            || has(connection, "pending_approvals")
            || isAnyRunSigned(connection));
  }

  /// The same for a file; no, where it cannot be read.
  static boolean isOfPython(Path database) {
    try {
      return AuditQuery.<Boolean>read(database, TakeOver::isOfPython);
    } catch (AuditException unreadable) {
      // Opening it says why.
      return false;
    }
  }

  private static boolean has(Connection connection, String table) throws SQLException {
    return !SqliteDriver.columns(connection, table).isEmpty();
  }

  private static boolean isAny(Connection connection, String from) throws SQLException {
    return SqliteDriver.number(connection, "SELECT EXISTS (SELECT 1 FROM " + from + ")") == 1;
  }

  private static boolean isAnyRunSigned(Connection connection) throws SQLException {
    return Chain.RUNS.columns(connection).contains("record_hash")
        && isAny(connection, Chain.RUNS.table() + " WHERE record_hash IS NOT NULL");
  }

  /// With the chain of what is there unsigned, and the signed one after it.
  static LogEnds withUnsigned(CurrentEnds current, LogEnds from) throws SQLException {
    LogEnds ends = from;
    for (Chain chain : Chain.OF_RECORDS) {
      Ends signed = from.of(chain);
      if (signed.baseHash().isEmpty()) {
        long base = lastUnsigned(current.connection(), chain);
        long tip = signed.tipHash().isEmpty() ? base : signed.tipId();
        ends =
            ends.withUnsigned(chain, unsigned(current, chain, base))
                .with(chain, new Ends(base, "", tip, signed.tipHash()));
      }
    }
    return ends;
  }

  private static Ends unsigned(CurrentEnds current, Chain chain, long last) throws SQLException {
    long first = last;
    String hash = "";
    try (ChainRow row =
        new ChainRow(current.connection(), chain, " WHERE r.id <= " + last + " ORDER BY r.id")) {
      while (row.next()) {
        first = hash.isEmpty() ? row.id() : first;
        hash = row.signUnsigned(hash, current.key());
      }
    }
    return hash.isEmpty() ? Ends.NONE : new Ends(first - 1, "", last, hash);
  }

  /// The id before that of the first signed record.
  private static long lastUnsigned(Connection connection, Chain chain) throws SQLException {
    long first = firstSigned(connection, chain);
    return first == 0 ? CurrentEnds.newestId(connection, chain) : first - 1;
  }

  /// The id of the first signed record; 0 without one.
  static long firstSigned(Connection connection, Chain chain) throws SQLException {
    try (ChainRow row =
        new ChainRow(connection, chain, " WHERE record_hash IS NOT NULL ORDER BY r.id LIMIT 1")) {
      return row.next() ? row.id() : 0;
    }
  }
}
