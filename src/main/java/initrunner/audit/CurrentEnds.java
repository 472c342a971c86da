package initrunner.audit;

import initrunner.audit.LogEnds.Ends;
import initrunner.text.Hmac;
import initrunner.text.ShellWord;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// The ends that the next record is linked to: those in the database, if they follow the ends that
/// are kept beside the key; otherwise ends that no record has, so that the fault stays visible
/// behind all later records. For one connection, inside of its transaction.
record CurrentEnds(Connection connection, Path database, ChainKey chainKey, Hmac key) {

  /// Ends to go on from.
  ///
  /// @param areStored whether the database holds them as they are
  record Link(LogEnds ends, boolean areStored) {}

  /// How the ends of a chain in the database relate to those that are kept beside the key.
  enum Relation {
    /// They are what was kept, or that and more.
    FOLLOWS,
    /// They are before what is kept: the chain was cut, or all of the database is an older copy.
    BEHIND,
    /// They are of another chain.
    OTHER
  }

  /// The same with the earlier key that signed the ends, if the current one did not.
  CurrentEnds underItsKey() throws SQLException {
    if (EndsTable.read(connection, key).isEmpty()) {
      for (Hmac earlier : chainKey.earlier().values()) {
        if (EndsTable.read(connection, earlier).isPresent()) {
          return new CurrentEnds(connection, database, chainKey, earlier);
        }
      }
    }
    return this;
  }

  Link find() throws SQLException {
    Optional<LogEnds> stored = EndsTable.read(connection, key);
    if (stored.isPresent()) {
      Optional<LogEnds> kept = EndsFile.of(chainKey, stored.get().logId()).read(key);
      return kept.isEmpty() || follows(connection, stored.get(), kept.get())
          ? new Link(stored.get(), true)
          : new Link(kept.get().cut(), false);
    }
    EndsFile.Known known = EndsFile.about(chainKey, key, database, Optional.empty());
    if (known.newest().isPresent()) {
      return new Link(known.newest().get().cut(), false);
    }
    refuseAnotherKey(known.unreadable());
    return new Link(cutAfterAll(), false);
  }

  private static boolean follows(Connection connection, LogEnds stored, LogEnds kept)
      throws SQLException {
    for (Chain chain : Chain.values()) {
      if (relation(connection, chain, stored.of(chain), kept.of(chain)) != Relation.FOLLOWS) {
        return false;
      }
    }
    return true;
  }

  /// Compares them. Reads the database if the chain went on after the ends that are kept.
  static Relation relation(Connection connection, Chain chain, Ends stored, Ends kept)
      throws SQLException {
    if (stored.tipId() < kept.tipId() || stored.baseId() < kept.baseId()) {
      return Relation.BEHIND;
    }
    return kept.tipId() < stored.baseId()
            || hashAt(connection, chain, kept.tipId(), stored).equals(kept.tipHash())
        ? Relation.FOLLOWS
        : Relation.OTHER;
  }

  /// The signature of the record with this id, also where it is the last that was pruned.
  static String hashAt(Connection connection, Chain chain, long id, Ends ends) throws SQLException {
    if (id == ends.tipId()) {
      return ends.tipHash();
    }
    if (id == ends.baseId()) {
      return ends.baseHash();
    }
    try (ChainRow row = new ChainRow(connection, chain, " WHERE r.id = " + id)) {
      return row.next() ? row.hash().map(Object::toString).orElse("") : "";
    }
  }

  /// Keeps the ends of an audit log of which none are kept beside the key yet. It does not replace
  /// others: the next record shows whether the database follows them.
  void keepWhereNoneIsKept() throws SQLException {
    Optional<LogEnds> ends = EndsTable.read(connection, key);
    if (ends.isPresent() && EndsFile.of(chainKey, ends.get().logId()).read(key).isEmpty()) {
      EndsFile.Slot ignored = keep(ends.get());
    }
  }

  /// Keeps these ends beside the key.
  EndsFile.Slot keep(LogEnds ends) {
    return EndsFile.of(chainKey, ends.logId()).write(ends, database, key);
  }

  /// An audit log is not continued under another key: nothing in it could be verified any more.
  ///
  /// @param isKnownUnderAnother whether what is kept beside the key is signed with another one
  void refuseAnotherKey(boolean isKnownUnderAnother) throws SQLException {
    String id = ChainKey.idOf(key);
    String signer = ChainKey.idOf(underItsKey().key());
    if (!signer.equals(id)) {
      throw new AuditException(
          "The audit database "
              + database
              + " is signed with key "
              + signer
              + ", and not with "
              + id,
          "initrunner audit rotate --in-place --audit-db "
              + ShellWord.quote(database.toString())
              + " lets the key of now sign from now on");
    }
    if (!chainKey.id().equals(Optional.of(id))) {
      throw new AuditException(
          "The key of the audit database " + database + " was changed meanwhile", "Start again");
    }
    if (isKnownUnderAnother || !isNewestSignedWithKey()) {
      throw new AuditException(
          "The audit database " + database + " is signed with another key than " + chainKey,
          "Put its key back. If that is lost: initrunner audit rotate moves the audit log away"
              + " and begins a new one");
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

  private LogEnds cutAfterAll() throws SQLException {
    LogEnds ends = LogEnds.ofNewLog();
    for (Chain chain : Chain.values()) {
      ends = ends.with(chain, Ends.NONE.withTip(newestId(connection, chain), Ends.CUT));
    }
    return ends;
  }

  /// The highest id that is or was there.
  static long newestId(Connection connection, Chain chain) throws SQLException {
    long newest = SqliteDriver.number(connection, "SELECT max(id) FROM " + chain.table());
    return Math.max(newest, sequence(connection, chain));
  }

  /// The highest id that SQLite says it gave.
  static long sequence(Connection connection, Chain chain) throws SQLException {
    return SqliteDriver.columns(connection, "sqlite_sequence").isEmpty()
        ? 0
        : SqliteDriver.number(
            connection, "SELECT max(seq) FROM sqlite_sequence WHERE name = ?", chain.table());
  }
}
