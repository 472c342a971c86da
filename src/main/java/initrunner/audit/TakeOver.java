package initrunner.audit;

import initrunner.audit.EndsTable.Stored;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/// Begins the record in a database that has no ends of its own: a new one, one of an earlier
/// version, or one from which they were taken.
final class TakeOver {

  private TakeOver() {}

  /// What a database is before its tables are made.
  enum Found {
    /// There is nothing in it that is signed.
    UNSIGNED,
    /// It has ends, in the form of an earlier version.
    EARLIER,
    /// It had ends that are not there any more, or are not right.
    CUT
  }

  /// @throws AuditException if it is signed with another key
  static Found look(CurrentEnds current) throws SQLException {
    Connection connection = current.connection();
    EndsFile.Known known =
        EndsFile.about(current.chainKey(), current.key(), current.database(), Optional.empty());
    if (!known.kept().isEmpty()) {
      return Found.CUT;
    }
    if (known.unreadable()) {
      current.refuseAnotherKey(true);
    }
    if (EndsTable.read(connection, current.key()) instanceof Stored.Signed) {
      return Found.EARLIER;
    }
    return isSigned(connection) ? Found.CUT : Found.UNSIGNED;
  }

  /// Makes sure that the Python InitRunner's record stays as it is.
  ///
  /// @throws AuditException if this is one
  static void refusePython(CurrentEnds current) throws SQLException {
    if (isOfPython(current.connection())
        && !EndsFile.isKnown(current.chainKey(), current.database())) {
      throw new AuditException(
          "The audit database "
              + current.database()
              + " is the record of the Python InitRunner, which signs no events: one record of both"
              + " could not be verified",
          "Name another database: INITRUNNER_AUDIT_DB or --audit-db");
    }
  }

  /// Whether any record, or any end, has a signature, under any key.
  static boolean isSigned(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return isAny(statement, EndsTable.TABLE, "")
          || isAny(statement, Chain.SIGNATURES, "")
          || (AuditSchema.columns(statement, Chain.RUNS.table()).contains("record_hash")
              && isAny(statement, Chain.RUNS.table(), " WHERE record_hash IS NOT NULL"));
    }
  }

  /// Whether the Python InitRunner made the database: it signs runs without keeping ends, and has
  /// tables of its own.
  static boolean isOfPython(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean isOurs =
          !AuditSchema.columns(statement, EndsTable.TABLE).isEmpty()
              || !AuditSchema.columns(statement, Chain.SIGNATURES).isEmpty();
      return !isOurs
          && (!AuditSchema.columns(statement, "delegate_events").isEmpty()
              || !AuditSchema.columns(statement, "pending_approvals").isEmpty()
              || (AuditSchema.columns(statement, Chain.RUNS.table()).contains("record_hash")
                  && isAny(statement, Chain.RUNS.table(), " WHERE record_hash IS NOT NULL")));
    }
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

  private static boolean isAny(Statement statement, String table, String condition)
      throws SQLException {
    if (AuditSchema.columns(statement, table).isEmpty()) {
      return false;
    }
    try (ResultSet row =
        statement.executeQuery("SELECT 1 FROM " + table + condition + " LIMIT 1")) {
      return row.next();
    }
  }

  /// The ends with which the record begins; none where they are left as they are, so that the next
  /// record shows that they are not right.
  static Optional<RecordEnds> begin(CurrentEnds current, Found found) throws SQLException {
    return switch (found) {
      case CUT -> Optional.empty();
      case UNSIGNED -> Optional.of(withUnsigned(current, RecordEnds.ofNewRecord()));
      case EARLIER ->
          EndsTable.read(current.connection(), current.key())
                      instanceof Stored.Signed(RecordEnds ends, EndsTable.Version version)
                  && version == EndsTable.Version.SEPARATE
              ? Optional.of(withUnsigned(current, ends))
              : Optional.empty();
    };
  }

  /// With the chain of what is there unsigned, and the signed one after it.
  static RecordEnds withUnsigned(CurrentEnds current, RecordEnds from) throws SQLException {
    RecordEnds ends = from;
    for (Chain chain : Chain.OF_RECORDS) {
      Ends signed = from.of(chain);
      if (signed.baseHash().isEmpty()) {
        long base = lastUnsigned(current.connection(), chain);
        ends = ends.withUnsigned(chain, unsigned(current, chain, base));
        ends =
            ends.with(
                chain,
                signed.tipHash().isEmpty()
                    ? new Ends(base, "", base, "")
                    : new Ends(base, "", signed.tipId(), signed.tipHash()));
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
    try (ChainRow row =
        new ChainRow(connection, chain, " WHERE record_hash IS NOT NULL ORDER BY r.id LIMIT 1")) {
      return row.next() ? row.id() - 1 : CurrentEnds.newestId(connection, chain);
    }
  }
}
