package initrunner.audit;

import initrunner.audit.ChainKey.Signers;
import initrunner.audit.LogEnds.Ends;
import initrunner.text.Hmac;
import initrunner.text.SafeText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Checks the signatures of an audit log. Stateless; reads without writing, while other processes
/// write.
public final class ChainCheck {

  private static final String NO_ID =
      "SELECT coalesce(max(id), 0) FROM TABLE WHERE typeof(id) != 'integer' HAVING count(*) > 0";

  private static final String STRAY =
      "SELECT event_id FROM security_event_signatures"
          + " WHERE typeof(event_id) != 'integer' OR event_id NOT BETWEEN ? AND ? LIMIT 1";

  private ChainCheck() {}

  /// What was found in one table.
  ///
  /// @param unsigned records that were there before the first signed one
  /// @param signed records with right signatures, up to the break if there is one
  public record Result(String table, long unsigned, long signed, Optional<Break> firstBreak) {

    Result or(Optional<Break> other) {
      return new Result(table, unsigned, signed, firstBreak.or(() -> other));
    }
  }

  /// Where a chain is broken.
  ///
  /// @param id the record that shows it
  /// @param what the record shows, in words
  public record Break(long id, Reason reason, String what) {}

  /// Kinds of breaks.
  public enum Reason {
    /// A record was changed, or signed with another key.
    HASH_MISMATCH,
    /// A record does not follow the one before it.
    PREV_HASH_MISMATCH,
    /// A record was added past the signatures.
    MISSING_HASH_AFTER_CHAIN_START,
    /// Records were deleted.
    RECORDS_MISSING,
    /// A table was deleted, or made anew with other columns.
    TABLE_MISSING,
    /// The audit log ends before the end that is kept beside the key: its newest records were
    /// deleted, or an older copy of it was put back.
    ROLLED_BACK,
    /// The audit log is not the one that is kept beside the key.
    REPLACED,
    /// The signed ends of the chain were changed or deleted.
    ENDS_MISMATCH,
    /// SQLite's own count of the records was changed, as a program does that deletes the newest.
    SEQUENCE_MISMATCH,
    /// The table or one of its indexes is damaged, so that some questions do not find all records.
    DAMAGED,
    /// There is no key.
    KEY_MISSING
  }

  /// Where the end of the audit log is kept.
  public enum Anchor {
    /// Beside the key and in the database; both fit.
    BESIDE_THE_KEY,
    /// In the database only.
    IN_THE_DATABASE,
    /// Nowhere: no ends are signed.
    NONE
  }

  /// What was found in an audit log.
  ///
  /// @param results one for each table of runs and events, and further ones for tables that are
  ///   broken
  /// @param prunings what the program itself deleted, oldest first
  /// @param keys the ids of the keys that signed it, one after the other, the current one last;
  ///   none where it has no ends that are signed
  public record Report(
      List<Result> results, List<AuditNote> prunings, Anchor anchor, List<String> keys) {

    public Report {
      results = List.copyOf(results);
      prunings = List.copyOf(prunings);
      keys = List.copyOf(keys);
    }
  }

  /// Checks all records.
  ///
  /// @throws AuditException if there is no database here, it cannot be read, or the key is none
  public static Report report(Path database, ChainKey chainKey) {
    Optional<Hmac> key = chainKey.toVerify();
    if (Files.notExists(database) && EndsFile.isKnown(chainKey, database)) {
      throw new AuditException(
          "The audit database " + database + " was removed: its ends are still kept beside the key",
          "Put it back. If it is lost: initrunner audit rotate begins a new audit log");
    }
    return AuditQuery.read(
        database,
        connection ->
            key.isPresent()
                ? report(new CurrentEnds(connection, database, chainKey, key.get()).underItsKey())
                : withoutKey(connection));
  }

  private static Report withoutKey(Connection connection) throws SQLException {
    if (!TakeOver.isSigned(connection)) {
      return unsigned(connection, Chain.OF_RECORDS);
    }
    return new Report(
        Chain.OF_RECORDS.stream()
            .map(chain -> broken(chain, 0, Reason.KEY_MISSING, "there is no key to check it with"))
            .toList(),
        List.of(),
        Anchor.NONE,
        List.of());
  }

  private static Optional<Break> found(long id, Reason reason, String what) {
    return Optional.of(new Break(id, reason, what));
  }

  private static Result broken(Chain chain, long id, Reason reason, String what) {
    return new Result(chain.table(), 0, 0, found(id, reason, what));
  }

  private static Report report(CurrentEnds current) throws SQLException {
    Connection connection = current.connection();
    // Read before the database: others may write, and what is kept is never ahead of it.
    EndsFile.Known known =
        EndsFile.about(
            current.chainKey(),
            current.key(),
            current.database(),
            EndsTable.read(connection, current.key()).map(LogEnds::logId));
    // One state of the database.
    connection.setAutoCommit(false);
    Optional<LogEnds> ends = EndsTable.read(connection, current.key());
    if (ends.isPresent()) {
      return ofEnds(current, ends.get(), known);
    }
    if (known.kept().isEmpty() && !known.unreadable()) {
      // One that no program of this version has written to.
      Optional<LogEnds> earlier = EndsTable.readSeparate(connection, current.key());
      if (earlier.isPresent()) {
        LogEnds whole = TakeOver.withUnsigned(current, earlier.get());
        return new Report(results(current, whole), List.of(), Anchor.IN_THE_DATABASE, List.of());
      }
      if (TakeOver.isOfPython(connection)) {
        return ofPython(current);
      }
      if (!TakeOver.isSigned(connection)) {
        return unsigned(connection, present(connection));
      }
    }
    List<Result> results = new ArrayList<>();
    for (Chain chain : Chain.OF_RECORDS) {
      results.add(
          broken(
              chain,
              chain.isWhole(connection) ? TakeOver.firstSigned(connection, chain) : 0,
              Reason.ENDS_MISMATCH,
              "the signature of the audit log's ends is missing or wrong"));
    }
    return new Report(results, List.of(), Anchor.NONE, List.of());
  }

  private static List<Chain> present(Connection connection) throws SQLException {
    List<Chain> present = new ArrayList<>();
    for (Chain chain : Chain.OF_RECORDS) {
      if (!chain.columns(connection).isEmpty()) {
        present.add(chain);
      }
    }
    return present;
  }

  private static Report unsigned(Connection connection, List<Chain> chains) throws SQLException {
    List<Result> results = new ArrayList<>();
    for (Chain chain : chains) {
      results.add(unsigned(connection, chain));
    }
    return new Report(results, List.of(), Anchor.NONE, List.of());
  }

  private static Result unsigned(Connection connection, Chain chain) throws SQLException {
    long count = chain.columns(connection).isEmpty() ? 0 : count(connection, chain.table());
    return new Result(chain.table(), count, 0, Optional.empty());
  }

  private static long count(Connection connection, String from) throws SQLException {
    return SqliteDriver.number(connection, "SELECT count(*) FROM " + from);
  }

  private static Report ofEnds(CurrentEnds current, LogEnds ends, EndsFile.Known known)
      throws SQLException {
    List<Result> results = new ArrayList<>();
    for (Result result : results(current, ends)) {
      results.add(result.or(againstKept(current, ends, known, result)));
    }
    Result notes = walked(current, Chain.NOTES, ends);
    notes = notes.or(againstKept(current, ends, known, notes));
    boolean areNotesRight = notes.firstBreak().isEmpty();
    if (!areNotesRight) {
      results.add(notes);
    }
    return new Report(
        results,
        areNotesRight ? prunings(current.connection()) : List.of(),
        known.of(ends.logId()).isPresent() ? Anchor.BESIDE_THE_KEY : Anchor.IN_THE_DATABASE,
        areNotesRight ? Signers.of(current).ids() : List.of());
  }

  private static List<Result> results(CurrentEnds current, LogEnds ends) throws SQLException {
    List<Result> results = new ArrayList<>();
    for (Chain chain : Chain.OF_RECORDS) {
      results.add(walked(current, chain, ends));
    }
    return results;
  }

  /// Walks the tables of one chain; does not look beside the key.
  static Result walked(CurrentEnds current, Chain chain, LogEnds ends) throws SQLException {
    Connection connection = current.connection();
    if (!chain.isWhole(connection)) {
      return broken(
          chain,
          0,
          Reason.TABLE_MISSING,
          "it, or the table of its signatures, is missing or is no table");
    }
    ChainWalk walk = new ChainWalk(chain, ends, Signers.of(current));
    walk.walk(connection);
    Optional<Break> found =
        walk.firstBreak().isPresent()
            ? walk.firstBreak()
            : besideTheRows(connection, chain, ends.of(chain));
    return new Result(chain.table(), walk.unsigned(), walk.signed(), found);
  }

  /// Faults of a chain's tables that no row shows.
  private static Optional<Break> besideTheRows(Connection connection, Chain chain, Ends ends)
      throws SQLException {
    if (CurrentEnds.sequence(connection, chain) != ends.tipId()) {
      return found(
          ends.tipId(),
          Reason.SEQUENCE_MISMATCH,
          "SQLite's count of the records (sqlite_sequence) was changed");
    }
    // As there may be in a table that was made anew.
    Optional<Break> withoutId =
        SqliteDriver.first(
            connection,
            NO_ID.replace("TABLE", chain.table()),
            row ->
                new Break(
                    row.getLong(1),
                    Reason.MISSING_HASH_AFTER_CHAIN_START,
                    "it was added, and its id is no whole number"));
    if (withoutId.isPresent()) {
      return withoutId;
    }
    Optional<Break> stray =
        chain != Chain.EVENTS
            ? Optional.empty()
            : SqliteDriver.first(
                connection,
                STRAY,
                row ->
                    new Break(
                        row.getLong(1),
                        Reason.RECORDS_MISSING,
                        "there is a signature of no record"),
                ends.baseId() + 1,
                ends.tipId());
    return stray.isPresent() ? stray : damaged(connection, chain);
  }

  /// The walk reads the table itself, but a query may use an index.
  private static Optional<Break> damaged(Connection connection, Chain chain) throws SQLException {
    for (String table : chain.tables()) {
      String found =
          SqliteDriver.first(
                  connection,
                  "PRAGMA integrity_check('" + table + "')",
                  row -> String.valueOf(row.getString(1)))
              .orElse("");
      if (!found.equals("ok")) {
        return found(0, Reason.DAMAGED, "SQLite finds it damaged: " + SafeText.exact(found));
      }
    }
    return Optional.empty();
  }

  private static Optional<Break> againstKept(
      CurrentEnds current, LogEnds ends, EndsFile.Known known, Result result) throws SQLException {
    Chain chain = Chain.ofTable(result.table()).orElseThrow();
    if (result.firstBreak().isPresent()) {
      return Optional.empty();
    }
    boolean isOtherKnown =
        known.kept().stream().anyMatch(kept -> !kept.ends().logId().equals(ends.logId()));
    if (known.unreadable() || isOtherKnown) {
      return found(
          ends.of(chain).tipId(),
          Reason.REPLACED,
          "another audit log was at this path, as the ends beside the key say");
    }
    Optional<Ends> kept = known.of(ends.logId()).map(of -> of.of(chain));
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    long id = kept.get().tipId();
    return switch (CurrentEnds.relation(current.connection(), chain, ends.of(chain), kept.get())) {
      case FOLLOWS -> Optional.empty();
      case BEHIND ->
          found(
              id,
              Reason.ROLLED_BACK,
              "it is the last that is kept beside the key: the audit log was cut, or an older copy"
                  + " of it was put back");
      case OTHER -> found(id, Reason.REPLACED, "it is not the one that is kept beside the key");
    };
  }

  static List<AuditNote> prunings(Connection connection) throws SQLException {
    return SqliteDriver.all(
        connection,
        "SELECT timestamp, details FROM audit_notes WHERE type = ? ORDER BY id",
        row -> AuditNote.parse(row.getString(1), row.getString(2)),
        AuditNote.TYPE);
  }

  /// Checks the runs of the Python InitRunner, which signs no events. It keeps no ends, so nothing
  /// shows whether its oldest records were pruned or deleted. Only SQLite's own count shows that
  /// its newest were deleted.
  private static Report ofPython(CurrentEnds current) throws SQLException {
    Connection connection = current.connection();
    List<Result> results = new ArrayList<>();
    for (Chain chain : present(connection)) {
      results.add(
          chain == Chain.RUNS && chain.isWhole(connection)
              ? runsOfPython(current)
              : unsigned(connection, chain));
    }
    return new Report(results, List.of(), Anchor.NONE, List.of());
  }

  private static Result runsOfPython(CurrentEnds current) throws SQLException {
    Connection connection = current.connection();
    // From the first signed record to the last, as they say of themselves.
    String signed = " FROM audit_log WHERE record_hash IS NOT NULL ORDER BY id ";
    Optional<Ends> base =
        SqliteDriver.first(
            connection,
            "SELECT id - 1, coalesce(prev_hash, '')" + signed + "LIMIT 1",
            row -> new Ends(row.getLong(1), row.getString(2), 0, ""));
    Optional<Ends> ends =
        SqliteDriver.first(
            connection,
            "SELECT id, record_hash" + signed + "DESC LIMIT 1",
            row -> base.orElseThrow().withTip(row.getLong(1), row.getString(2)));
    if (ends.isEmpty()) {
      return unsigned(connection, Chain.RUNS);
    }
    long first = ends.get().baseId();
    long unsigned = count(connection, "audit_log WHERE id <= " + first);
    if (unsigned > 0 && !ends.get().baseHash().isEmpty()) {
      return new Result(
          Chain.RUNS.table(),
          unsigned,
          0,
          found(
              first,
              Reason.MISSING_HASH_AFTER_CHAIN_START,
              "its signature was taken away, as the next record shows"));
    }
    LogEnds whole = LogEnds.ofNewLog().with(Chain.RUNS, ends.get());
    ChainWalk walk = new ChainWalk(Chain.RUNS, whole, Signers.only(current.key()));
    walk.walkAfter(connection, first);
    long last = CurrentEnds.newestId(connection, Chain.RUNS);
    return new Result(Chain.RUNS.table(), unsigned, walk.signed(), walk.firstBreak())
        .or(
            last > ends.get().tipId()
                ? found(last, Reason.RECORDS_MISSING, "it and what was between were deleted")
                : Optional.empty());
  }
}
