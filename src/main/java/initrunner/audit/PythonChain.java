package initrunner.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Checks what the Python InitRunner signs: runs, and no events. It keeps no ends, so nothing shows
/// whether its oldest records were pruned or deleted; that its newest were is told from SQLite's
/// own count alone.
final class PythonChain {

  private PythonChain() {}

  static List<ChainCheck.Result> check(CurrentEnds current) throws SQLException {
    List<ChainCheck.Result> results = new ArrayList<>();
    for (Chain chain : Chain.OF_RECORDS) {
      try (Statement statement = current.connection().createStatement()) {
        if (AuditSchema.columns(statement, chain.table()).isEmpty()) {
          continue;
        }
        results.add(
            chain == Chain.RUNS && chain.isWhole(statement)
                ? checkRuns(current, statement)
                : new ChainCheck.Result(
                    chain.table(), count(statement, chain.table()), 0, Optional.empty()));
      }
    }
    return results;
  }

  private static long count(Statement statement, String from) throws SQLException {
    try (ResultSet count = statement.executeQuery("SELECT count(*) FROM " + from)) {
      return count.next() ? count.getLong(1) : 0;
    }
  }

  private static ChainCheck.Result checkRuns(CurrentEnds current, Statement statement)
      throws SQLException {
    String table = Chain.RUNS.table();
    Optional<Ends> signed = ends(statement);
    if (signed.isEmpty()) {
      return new ChainCheck.Result(table, count(statement, table), 0, Optional.empty());
    }
    Ends ends = signed.get();
    long unsigned = count(statement, table + " WHERE id <= " + ends.baseId());
    ChainWalk walk =
        new ChainWalk(Chain.RUNS, RecordEnds.ofNewRecord().with(Chain.RUNS, ends), current.key());
    walk.walkAfter(current.connection(), ends.baseId());
    long last = CurrentEnds.newestId(current.connection(), Chain.RUNS);
    if (unsigned > 0 && !ends.baseHash().isEmpty()) {
      return new ChainCheck.Result(
          table,
          unsigned,
          0,
          Optional.of(
              new ChainCheck.Break(
                  ends.baseId(),
                  ChainCheck.Reason.MISSING_HASH_AFTER_CHAIN_START,
                  "its signature was taken away, as the next record shows")));
    }
    return new ChainCheck.Result(table, unsigned, walk.signed(), walk.firstBreak())
        .or(
            last > ends.tipId()
                ? Optional.of(
                    new ChainCheck.Break(
                        last,
                        ChainCheck.Reason.RECORDS_MISSING,
                        "it and what was between were deleted"))
                : Optional.empty());
  }

  /// From the first signed record to the last, as they say of themselves.
  private static Optional<Ends> ends(Statement statement) throws SQLException {
    String signed = " FROM audit_log WHERE record_hash IS NOT NULL ORDER BY id ";
    try (ResultSet first = statement.executeQuery("SELECT id, prev_hash" + signed + "LIMIT 1")) {
      if (!first.next()) {
        return Optional.empty();
      }
      String previous = first.getString(2);
      Ends base = new Ends(first.getLong(1) - 1, previous == null ? "" : previous, 0, "");
      try (ResultSet last =
          statement.executeQuery("SELECT id, record_hash" + signed + "DESC LIMIT 1")) {
        last.next();
        return Optional.of(base.withTip(last.getLong(1), last.getString(2)));
      }
    }
  }
}
