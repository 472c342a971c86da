package initrunner.audit;

import initrunner.audit.EndsTable.Stored;
import initrunner.text.SafeText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Checks the signatures of a record. Stateless; reads without writing, while others write.
public final class ChainCheck {

  private ChainCheck() {}

  /// What was found in one table.
  ///
  /// @param unsigned records that were there before the first signed one
  /// @param signed records whose signatures are right, up to the break if there is one
  public record Result(String table, long unsigned, long signed, Optional<Break> firstBreak) {

    Result or(Optional<Break> other) {
      return new Result(table, unsigned, signed, firstBreak.or(() -> other));
    }
  }

  /// Where a chain is broken.
  ///
  /// @param id of the record that shows it
  /// @param what happened to the record, in words
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
    /// The record ends before what is kept beside the key: its end was deleted, or an older copy of
    /// it was put back.
    ROLLED_BACK,
    /// The record is not the one that is kept beside the key.
    REPLACED,
    /// What is signed of the chain's ends was changed or deleted.
    ENDS_MISMATCH,
    /// SQLite's own count of the records was changed, as by one who deletes the newest.
    SEQUENCE_MISMATCH,
    /// The table or one of its indexes is damaged, so that some questions do not find all records.
    DAMAGED,
    /// There is no key.
    KEY_MISSING
  }

  /// How much is known of where a record ends.
  public enum Anchor {
    /// Its ends are also kept beside the key, and fit.
    BESIDE_THE_KEY,
    /// Only the database says where it ends.
    IN_THE_DATABASE,
    /// Nothing says it: no ends are signed.
    NONE
  }

  /// What was found in a record.
  ///
  /// @param results one for each table of runs and events, and further ones for tables that are
  ///   broken
  /// @param prunings what the program itself deleted, oldest first
  public record Report(List<Result> results, List<AuditNote> prunings, Anchor anchor) {

    public Report {
      results = List.copyOf(results);
      prunings = List.copyOf(prunings);
    }
  }

  /// Checks all records, and says what was found in each table.
  ///
  /// @throws AuditException if there is no database here, it cannot be read, or the key is none
  public static List<Result> run(Path database, ChainKey chainKey) {
    return report(database, chainKey).results();
  }

  /// Checks all records.
  ///
  /// @throws AuditException if there is no database here, it cannot be read, or the key is none
  public static Report report(Path database, ChainKey chainKey) {
    Optional<Hmac> key = chainKey.toVerify();
    if (Files.notExists(database) && EndsFile.isKnown(chainKey, database)) {
      throw new AuditException(
          "The audit database " + database + " was removed: its ends are still kept beside the key",
          "Put it back. If it is lost: initrunner audit rotate begins a new record");
    }
    return AuditQuery.read(
        database,
        connection ->
            key.isPresent()
                ? report(new CurrentEnds(connection, database, chainKey, key.get()))
                : withoutKey(connection));
  }

  private static Report withoutKey(Connection connection) throws SQLException {
    List<Result> results = new ArrayList<>();
    boolean isSigned = TakeOver.isSigned(connection);
    for (Chain chain : Chain.OF_RECORDS) {
      results.add(
          isSigned
              ? broken(chain, new Break(0, Reason.KEY_MISSING, "there is no key to check it with"))
              : new Result(chain.table(), count(connection, chain), 0, Optional.empty()));
    }
    return new Report(results, List.of(), Anchor.NONE);
  }

  private static Result broken(Chain chain, Break found) {
    return new Result(chain.table(), 0, 0, Optional.of(found));
  }

  private static Report report(CurrentEnds current) throws SQLException {
    Connection connection = current.connection();
    // Read before the database: others may write, and what is kept is never ahead of it.
    EndsFile.Known known =
        EndsFile.about(
            current.chainKey(),
            current.key(),
            current.database(),
            together(EndsTable.read(connection, current.key())).map(RecordEnds::recordId));
    // One state of the database.
    connection.setAutoCommit(false);
    Stored stored = EndsTable.read(connection, current.key());
    Optional<RecordEnds> ends = together(stored);
    if (ends.isPresent()) {
      return ofEnds(current, ends.get(), known);
    }
    boolean isKnown = !known.kept().isEmpty() || known.unreadable();
    if (!isKnown && stored instanceof Stored.Signed(RecordEnds earlier, _)) {
      // One that no program of this version has written to.
      return new Report(
          results(current, TakeOver.withUnsigned(current, earlier)),
          List.of(),
          Anchor.IN_THE_DATABASE);
    }
    if (!isKnown && TakeOver.isOfPython(connection)) {
      return new Report(PythonChain.check(current), List.of(), Anchor.NONE);
    }
    if (!isKnown && !TakeOver.isSigned(connection)) {
      return unsigned(connection);
    }
    List<Result> results = new ArrayList<>();
    for (Chain chain : Chain.OF_RECORDS) {
      results.add(
          broken(
              chain,
              new Break(
                  firstSigned(connection, chain),
                  Reason.ENDS_MISMATCH,
                  "what is signed of the record's ends is missing or not right")));
    }
    return new Report(results, List.of(), Anchor.NONE);
  }

  private static Optional<RecordEnds> together(Stored stored) {
    return stored instanceof Stored.Signed(RecordEnds ends, EndsTable.Version version)
            && version == EndsTable.Version.TOGETHER
        ? Optional.of(ends)
        : Optional.empty();
  }

  private static Report unsigned(Connection connection) throws SQLException {
    List<Result> results = new ArrayList<>();
    for (Chain chain : Chain.OF_RECORDS) {
      if (has(connection, chain)) {
        results.add(new Result(chain.table(), count(connection, chain), 0, Optional.empty()));
      }
    }
    return new Report(results, List.of(), Anchor.NONE);
  }

  private static boolean has(Connection connection, Chain chain) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return !AuditSchema.columns(statement, chain.table()).isEmpty();
    }
  }

  private static long count(Connection connection, Chain chain) throws SQLException {
    if (!has(connection, chain)) {
      return 0;
    }
    try (Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("SELECT count(*) FROM " + chain.table())) {
      return count.next() ? count.getLong(1) : 0;
    }
  }

  private static long firstSigned(Connection connection, Chain chain) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!chain.isWhole(statement)) {
        return 0;
      }
    }
    try (ChainRow row =
        new ChainRow(connection, chain, " WHERE record_hash IS NOT NULL ORDER BY r.id LIMIT 1")) {
      return row.next() ? row.id() : 0;
    }
  }

  private static Report ofEnds(CurrentEnds current, RecordEnds ends, EndsFile.Known known)
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
        known.of(ends.recordId()).isPresent() ? Anchor.BESIDE_THE_KEY : Anchor.IN_THE_DATABASE);
  }

  private static List<Result> results(CurrentEnds current, RecordEnds ends) throws SQLException {
    List<Result> results = new ArrayList<>();
    for (Chain chain : Chain.OF_RECORDS) {
      results.add(walked(current, chain, ends));
    }
    return results;
  }

  /// What is found in the tables of one chain, without what is kept beside the key.
  static Result walked(CurrentEnds current, Chain chain, RecordEnds ends) throws SQLException {
    Connection connection = current.connection();
    try (Statement statement = connection.createStatement()) {
      if (!chain.isWhole(statement)) {
        return broken(
            chain,
            new Break(
                0,
                Reason.TABLE_MISSING,
                "it, or the table of its signatures, is missing or is no table"));
      }
    }
    ChainWalk walk = new ChainWalk(chain, ends, current.key());
    walk.walk(connection);
    Optional<Break> found =
        walk.firstBreak().isPresent()
            ? walk.firstBreak()
            : besideTheRows(connection, chain, ends.of(chain));
    return new Result(chain.table(), walk.unsigned(), walk.signed(), found);
  }

  /// What else of a chain's tables is not as this program leaves them.
  private static Optional<Break> besideTheRows(Connection connection, Chain chain, Ends ends)
      throws SQLException {
    if (CurrentEnds.sequence(connection, chain) != ends.tipId()) {
      return Optional.of(
          new Break(
              ends.tipId(),
              Reason.SEQUENCE_MISMATCH,
              "SQLite's count of the records (sqlite_sequence) was changed"));
    }
    Optional<Break> withoutId = ChainWalk.withoutId(connection, chain);
    if (withoutId.isPresent()) {
      return withoutId;
    }
    Optional<Break> stray = ChainWalk.stray(connection, chain, ends);
    return stray.isPresent() ? stray : damaged(connection, chain);
  }

  /// The walk goes along the table; a question may go by an index.
  private static Optional<Break> damaged(Connection connection, Chain chain) throws SQLException {
    for (String table : chain.tables()) {
      try (Statement statement = connection.createStatement();
          ResultSet found = statement.executeQuery("PRAGMA integrity_check('" + table + "')")) {
        String what = found.next() ? String.valueOf(found.getString(1)) : "";
        if (!what.equals("ok")) {
          return Optional.of(
              new Break(0, Reason.DAMAGED, "SQLite finds it damaged: " + SafeText.exact(what)));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Break> againstKept(
      CurrentEnds current, RecordEnds ends, EndsFile.Known known, Result result)
      throws SQLException {
    Chain chain = Chain.ofTable(result.table()).orElseThrow();
    if (result.firstBreak().isPresent()) {
      return Optional.empty();
    }
    boolean isOtherKnown =
        known.kept().stream().anyMatch(kept -> !kept.ends().recordId().equals(ends.recordId()));
    if (known.unreadable() || isOtherKnown) {
      return Optional.of(
          new Break(
              ends.of(chain).tipId(),
              Reason.REPLACED,
              "another record was in this place, as is kept beside the key"));
    }
    Optional<RecordEnds> kept = known.of(ends.recordId());
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    EndsRelation relation = EndsRelation.of(current.connection(), ends, kept.get());
    if (relation.behind().contains(chain)) {
      return Optional.of(
          new Break(
              kept.get().of(chain).tipId(),
              Reason.ROLLED_BACK,
              "it is the last that is kept beside the key: the record was cut, or an older copy of"
                  + " it was put back"));
    }
    return relation.other().contains(chain)
        ? Optional.of(
            new Break(
                kept.get().of(chain).tipId(),
                Reason.REPLACED,
                "it is not the one that is kept beside the key"))
        : Optional.empty();
  }

  private static List<AuditNote> prunings(Connection connection) throws SQLException {
    List<AuditNote> prunings = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT timestamp, details FROM audit_notes WHERE type = '"
                    + AuditNote.TYPE
                    + "' ORDER BY id")) {
      while (rows.next()) {
        prunings.add(AuditNote.parse(rows.getString(1), rows.getString(2)));
      }
    }
    return prunings;
  }
}
