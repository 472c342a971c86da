package initrunner.audit;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/// Where the next record is linked to: to the ends in the database, if they are what is kept beside
/// the key or that and more; otherwise so that the fault stays visible behind all that is recorded
/// after it. For one connection, inside of its transaction.
record CurrentEnds(Connection connection, Path database, ChainKey chainKey, Hmac key) {

  /// Ends to go on from.
  ///
  /// @param areStored whether the database holds them as they are
  record Link(RecordEnds ends, boolean areStored) {}

  Link find() throws SQLException {
    EndsTable.Stored stored = EndsTable.read(connection, key);
    if (stored instanceof EndsTable.Stored.Signed(RecordEnds ends, EndsTable.Version version)
        && version == EndsTable.Version.TOGETHER) {
      Optional<RecordEnds> kept = EndsFile.of(chainKey, ends.recordId()).read(key);
      return kept.isEmpty() || EndsRelation.of(connection, ends, kept.get()).follows()
          ? new Link(ends, true)
          : new Link(kept.get().cut(), false);
    }
    EndsFile.Known known = EndsFile.about(chainKey, key, database, Optional.empty());
    if (known.newest().isPresent()) {
      return new Link(known.newest().get().cut(), false);
    }
    refuseAnotherKey(known.unreadable());
    return new Link(cutAfterAll(), false);
  }

  /// Keeps the ends of a record of which none are kept beside the key yet. Those that are kept
  /// stay: whether the database follows them is for the next record to say.
  void keepWhereNoneIsKept() throws SQLException {
    if (EndsTable.read(connection, key) instanceof EndsTable.Stored.Signed(RecordEnds ends, _)) {
      EndsFile file = EndsFile.of(chainKey, ends.recordId());
      if (file.read(key).isEmpty()) {
        file.write(ends, database, key);
      }
    }
  }

  /// A record is not gone on with under another key: nothing in it could be verified any more.
  ///
  /// @param isKnownUnderAnother whether what is kept beside the key is signed with another one
  void refuseAnotherKey(boolean isKnownUnderAnother) throws SQLException {
    if (isKnownUnderAnother || !isNewestSignedWithKey()) {
      throw new AuditException(
          "The audit database " + database + " is signed with another key than " + chainKey,
          "Put its key back. If that is lost: initrunner audit rotate moves the record away and"
              + " begins a new one");
    }
  }

  /// Whether there is a record that this key signed; or none that is signed at all.
  private boolean isNewestSignedWithKey() throws SQLException {
    boolean anySigned = false;
    for (Chain chain : Chain.values()) {
      try (ChainRow row =
          new ChainRow(
              connection, chain, " WHERE record_hash IS NOT NULL ORDER BY r.id DESC LIMIT 1")) {
        if (row.next()) {
          anySigned = true;
          if (row.hash().filter(row.sign(row.previousHash().toString(), key)::equals).isPresent()) {
            return true;
          }
        }
      }
    }
    return !anySigned;
  }

  private RecordEnds cutAfterAll() throws SQLException {
    RecordEnds ends = RecordEnds.ofNewRecord();
    for (Chain chain : Chain.values()) {
      ends = ends.with(chain, Ends.NONE.withTip(newestId(connection, chain), Ends.CUT));
    }
    return ends;
  }

  /// The highest id that is or was there.
  static long newestId(Connection connection, Chain chain) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT max(id) FROM " + chain.table())) {
      return Math.max(row.next() ? row.getLong(1) : 0, sequence(connection, chain));
    }
  }

  /// The highest id that SQLite says it gave.
  static long sequence(Connection connection, Chain chain) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (AuditSchema.columns(statement, "sqlite_sequence").isEmpty()) {
        return 0;
      }
      try (ResultSet row =
          statement.executeQuery(
              "SELECT max(seq) FROM sqlite_sequence WHERE name = '" + chain.table() + "'")) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }
}
