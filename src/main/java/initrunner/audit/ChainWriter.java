package initrunner.audit;

import initrunner.audit.ChainKey.Signers;
import initrunner.audit.LogEnds.Ends;
import initrunner.audit.sql.Statements;
import initrunner.text.Hmac;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes signed records, in transactions that hold the write lock from the reading of the ends to
/// their replacement. Used by one thread at a time.
final class ChainWriter {

  /// The next id is not left to SQLite, which goes by a table that anyone can change. One that was
  /// taken meanwhile stays as it is, and shows.
  private static final String NEXT_ID =
      "SELECT CASE WHEN EXISTS (SELECT 1 FROM TABLE WHERE id = ?1)"
          + " THEN (SELECT max(id) + 1 FROM TABLE) ELSE ?1 END";

  private static final String INSERT_SIGNATURE =
      "INSERT OR REPLACE INTO security_event_signatures (event_id, prev_hash, record_hash)"
          + " VALUES (?, ?, ?)";

  /// Where the ends are not what was signed last, nothing says what is missing.
  private static final ChainCheck.Break NOT_THE_ENDS =
      new ChainCheck.Break(
          0, ChainCheck.Reason.ENDS_MISMATCH, "the signature of the audit log's ends is wrong");

  private final Connection connection;
  private final Hmac key;
  private final CurrentEnds current;
  private final Statements statements;

  /// What this connection wrote last, if no other had written by then.
  private Optional<Written> written = Optional.empty();

  /// @param current of the same connection
  ChainWriter(CurrentEnds current) {
    this.connection = current.connection();
    this.key = current.key();
    this.current = current;
    statements = new Statements(connection);
  }

  /// A record to be written.
  ///
  /// @param fields the columns that it has
  record Unwritten(Chain chain, SortedMap<String, Optional<Object>> fields) {}

  /// What is in the database and beside the key as long as no other connection commits.
  ///
  /// @param versionOfOthers then
  private record Written(LogEnds ends, EndsFile.Slot slot, long versionOfOthers) {}

  /// What work inside of a transaction comes to.
  ///
  /// @param to the ends that it leads to; none where it changed nothing
  private record Done<T>(T result, Optional<LogEnds> to) {}

  private interface Work<T> {
    Done<T> run(CurrentEnds.Link from) throws SQLException;
  }

  /// Commits the work and the ends that it leads to, then keeps these beside the key.
  private <T> T inTransaction(Work<T> work) throws SQLException {
    Optional<Written> last = written;
    written = Optional.empty();
    long[] version = new long[1];
    Done<T> done =
        statements.inTransaction(() -> {
          version[0] = versionOfOthers();
          CurrentEnds.Link from =
              isOfNow(last, version[0])
                  ? new CurrentEnds.Link(last.get().ends(), true)
                  : current.find();
          Done<T> now = work.run(from);
          if (now.to().isPresent()) {
            write(from, now.to().get());
          }
          return now;
        });
    if (done.to().isPresent()) {
      LogEnds to = done.to().get();
      Optional<EndsFile.Slot> slot =
          isOfNow(last, version[0]) ? last.get().slot().next(to, key) : Optional.empty();
      lookAgain(to, slot.orElseGet(() -> current.keep(to)), version[0]);
    }
    return done.result();
  }

  private static boolean isOfNow(Optional<Written> last, long versionOfOthers) {
    return last.isPresent() && last.get().versionOfOthers() == versionOfOthers;
  }

  /// Another process may have kept a later record meanwhile, in the slot that this one then wrote:
  /// the last to write looks again at what the database holds.
  private void lookAgain(LogEnds ends, EndsFile.Slot slot, long versionBefore) throws SQLException {
    long version = versionOfOthers();
    if (version == versionBefore) {
      written = Optional.of(new Written(ends, slot, version));
      return;
    }
    for (long seen = versionBefore; seen != version; version = versionOfOthers()) {
      seen = version;
      Optional<LogEnds> stored = EndsTable.read(connection, key);
      if (stored.isPresent()) {
        EndsFile.Slot ignored = current.keep(stored.get());
      }
    }
  }

  /// Changes when another connection commits.
  private long versionOfOthers() throws SQLException {
    return statements.number("PRAGMA data_version");
  }

  private void write(CurrentEnds.Link from, LogEnds to) throws SQLException {
    if (!from.areStored()) {
      EndsTable.writeAll(statements, to, key);
      return;
    }
    List<String> changed =
        LogEnds.NAMES.stream().filter(name -> !to.of(name).equals(from.ends().of(name))).toList();
    EndsTable.write(statements, to, changed, key);
  }

  /// Appends records to their chains, in one transaction.
  void append(List<Unwritten> records) throws SQLException {
    boolean ignored =
        inTransaction(from -> {
          LogEnds to = from.ends();
          for (Unwritten record : records) {
            to = append(record, to);
          }
          return new Done<>(true, Optional.of(to));
        });
  }

  private LogEnds append(Unwritten record, LogEnds from) throws SQLException {
    Chain chain = record.chain();
    Ends ends = from.of(chain);
    String previous = ends.tipHash();
    SortedMap<String, Optional<Object>> row = new TreeMap<>(record.fields());
    long id = statements.number(NEXT_ID.replace("TABLE", chain.table()), ends.tipId() + 1);
    row.put("id", Optional.of(id));
    String hash = chain.sign(previous, row, key);
    if (chain != Chain.EVENTS) {
      boolean isNull = chain == Chain.RUNS && previous.isEmpty();
      row.put("prev_hash", isNull ? Optional.empty() : Optional.of(previous));
      row.put("record_hash", Optional.of(hash));
    }
    insert(chain, row);
    if (chain == Chain.EVENTS) {
      statements.execute(INSERT_SIGNATURE, id, previous, hash);
    }
    return from.with(chain, ends.withTip(id, hash));
  }

  private void insert(Chain chain, SortedMap<String, Optional<Object>> row) throws SQLException {
    String sql =
        "INSERT INTO "
            + chain.table()
            + " ("
            + String.join(", ", row.keySet())
            + ") VALUES ("
            + String.join(", ", Collections.nCopies(row.size(), "?"))
            + ")";
    List<@Nullable Object> values = new ArrayList<>();
    row.values().forEach(value -> values.add(value.orElse(null)));
    if (statements.execute(sql, values.toArray()) == 0) {
      throw new SQLException("the database ignored the record, as by a trigger of another program");
    }
  }

  /// Lets another key sign from now on. All is verified before, and a note says it.
  ///
  /// @return the ends, which the other key has signed
  /// @throws AuditException if one record is not as it was recorded
  LogEnds changeKey(Hmac to) throws SQLException {
    return statements.inTransaction(() -> {
      CurrentEnds.Link from = current.find();
      for (Chain chain : Chain.OF_RECORDS) {
        if (broken(chain, from).isPresent()) {
          throw new AuditException(
              "The audit database " + current.database() + " does not hold, so it keeps its key",
              "See: initrunner audit verify");
        }
      }
      Map<Chain, Long> lastIds = new EnumMap<>(Chain.class);
      for (Chain chain : Chain.values()) {
        lastIds.put(chain, from.ends().of(chain).tipId() + (chain == Chain.NOTES ? 1 : 0));
      }
      LogEnds ends =
          append(
              new Unwritten(Chain.NOTES, Signers.Change.now(key, to, lastIds).fields()),
              from.ends());
      for (Chain chain : Chain.OF_RECORDS) {
        ends = ends.withUnsigned(chain, signedAnew(chain, ends.ofUnsigned(chain), to));
      }
      EndsTable.writeAll(statements, ends, to);
      return ends;
    });
  }

  /// The end of the records from before signing, whose signatures are computed.
  private Ends signedAnew(Chain chain, Ends unsigned, Hmac to) throws SQLException {
    String hash = unsigned.baseHash();
    String which =
        " WHERE r.id > "
            + unsigned.baseId()
            + " AND r.id <= "
            + unsigned.tipId()
            + " ORDER BY r.id";
    try (ChainRow row = new ChainRow(connection, chain, which)) {
      while (row.next()) {
        hash = row.signUnsigned(hash, to);
      }
    }
    return unsigned.withTip(unsigned.tipId(), hash);
  }

  /// What was found where records were to be deleted.
  ///
  /// @param chain of them; where none was deleted, the one that is broken
  /// @param deleted how many were
  /// @param firstBreak why none was
  record Pruned(Chain chain, long deleted, Optional<ChainCheck.Break> firstBreak) {}

  /// Deletes the records of a chain that are due and leaves a note of it; none where one record of
  /// the chain is not as it was recorded.
  ///
  /// @param due finds the last record that is to go, if any is; is asked again once all is
  ///   verified: a time that was changed makes others old
  /// @param now for the note
  Pruned prune(Chain chain, Statements.Work<Optional<Long>> due, Instant now) throws SQLException {
    if (due.run().isEmpty()) {
      return new Pruned(chain, 0, Optional.empty());
    }
    // The ends that are verified are those that the database holds.
    written = Optional.empty();
    return inTransaction(from -> {
      Optional<Pruned> broken = broken(chain, from);
      Optional<Long> last = broken.isEmpty() ? due.run() : Optional.empty();
      if (last.isEmpty()) {
        Pruned none = new Pruned(chain, 0, Optional.empty());
        return new Done<>(broken.orElse(none), Optional.empty());
      }
      AuditNote note = note(chain, last.get(), now);
      LogEnds left =
          append(
              new Unwritten(Chain.NOTES, note.fields()), without(chain, last.get(), from.ends()));
      chain.delete(connection, last.get());
      return new Done<>(new Pruned(chain, note.records(), Optional.empty()), Optional.of(left));
    });
  }

  /// Why no record of a chain is deleted: one is not as it was recorded, or a note is not, which
  /// may say how long a role wants them to be kept.
  private Optional<Pruned> broken(Chain chain, CurrentEnds.Link from) throws SQLException {
    if (!from.areStored()) {
      return Optional.of(new Pruned(chain, 0, Optional.of(NOT_THE_ENDS)));
    }
    for (Chain each : List.of(chain, Chain.NOTES)) {
      Optional<ChainCheck.Break> found = ChainCheck.walked(current, each, from.ends()).firstBreak();
      if (found.isPresent()) {
        return Optional.of(new Pruned(each, 0, found));
      }
    }
    return Optional.empty();
  }

  /// The ends after a chain's records up to this one are gone. All of the chain is verified.
  private LogEnds without(Chain chain, long last, LogEnds ends) throws SQLException {
    ChainWalk walk = new ChainWalk(chain, ends, Signers.of(current));
    walk.walkTo(connection, last);
    Ends unsigned = ends.ofUnsigned(chain);
    LogEnds left = ends;
    if (unsigned.baseId() < unsigned.tipId()) {
      long base = Math.min(last, unsigned.tipId());
      left = left.withUnsigned(chain, unsigned.withBase(base, walk.unsignedHash()));
    }
    Ends signed = ends.of(chain);
    return last > signed.baseId() ? left.with(chain, signed.withBase(last, walk.lastHash())) : left;
  }

  /// What is to be noted of the deletion of a chain's records up to this one.
  AuditNote note(Chain chain, long last, Instant now) throws SQLException {
    String range = " FROM " + chain.table() + " WHERE id <= " + last;
    String timestamp = ", (SELECT timestamp" + range + " ORDER BY id ";
    return SqliteDriver.first(
            connection,
            "SELECT min(id), max(id), count(*)"
                + timestamp
                + "LIMIT 1)"
                + timestamp
                + "DESC LIMIT 1)"
                + range,
            row ->
                new AuditNote(
                    now,
                    chain.table(),
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    String.valueOf(row.getString(4)),
                    String.valueOf(row.getString(5))))
        .orElseThrow();
  }
}
