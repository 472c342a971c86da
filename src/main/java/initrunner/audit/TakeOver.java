package initrunner.audit;

import initrunner.audit.LogEnds.Ends;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// Begins the audit log in a database that has no ends of its own: a new one, one of an earlier
/// version, or one from which they were taken.
final class TakeOver {

  private TakeOver() {}

  /// The ends from which an audit log begins in this database, before its tables are made; empty
  /// where the ends are left as they are, so that the next record shows if they are not right.
  ///
  /// @throws AuditException if it is signed with another key
  static Optional<LogEnds> look(CurrentEnds current) throws SQLException {
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
