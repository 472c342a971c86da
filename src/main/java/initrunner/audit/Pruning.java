package initrunner.audit;

import initrunner.audit.ChainCheck.Break;
import initrunner.audit.ChainCheck.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;

/// The deletion of a chain's oldest records: each of them is verified before, so that none goes
/// that was changed, and what is left still shows all that was done to it. For one deletion, inside
/// of its transaction.
final class Pruning {

  /// Where the ends are not what was signed last, nothing says what is missing.
  static final Break NOT_THE_ENDS =
      new Break(0, Reason.ENDS_MISMATCH, "what is signed of the record's ends is not right");

  private final Connection connection;
  private final Chain chain;
  private final RecordEnds ends;
  private final ChainWalk walk;

  private String unsignedHash = "";
  private String signedHash = "";

  Pruning(Connection connection, Chain chain, RecordEnds ends, Hmac key) {
    this.connection = connection;
    this.chain = chain;
    this.ends = ends;
    this.walk = new ChainWalk(chain, ends, key);
  }

  /// What is wrong with the records up to this one, or with the step to the next.
  Optional<Break> verify(long last) throws SQLException {
    Optional<Break> stray = ChainWalk.stray(connection, chain, ends.of(chain));
    if (stray.isPresent()) {
      return stray;
    }
    walk.walk(connection, Long.MIN_VALUE, last);
    unsignedHash = walk.unsignedHash();
    signedHash = walk.lastHash();
    if (last < ends.ofUnsigned(chain).tipId()) {
      // All of these have one signature.
      walk.walk(connection, last + 1, ends.ofUnsigned(chain).tipId());
    }
    long next = Math.max(last, ends.ofUnsigned(chain).tipId()) + 1;
    if (next > ends.of(chain).tipId()) {
      walk.end();
      return walk.firstBreak();
    }
    walk.walk(connection, next, next);
    return walk.firstBreak().or(() -> isStepMissing(next));
  }

  private Optional<Break> isStepMissing(long next) {
    return walk.lastId() == next
        ? Optional.empty()
        : Optional.of(
            new Break(next, Reason.RECORDS_MISSING, "it and what was between were deleted"));
  }

  /// The ends after the records up to this one are gone.
  RecordEnds without(long last) {
    Ends unsigned = ends.ofUnsigned(chain);
    RecordEnds left = ends;
    if (unsigned.baseId() < unsigned.tipId()) {
      long base = Math.min(last, unsigned.tipId());
      left = left.withUnsigned(chain, unsigned.withBase(base, unsignedHash));
    }
    Ends signed = ends.of(chain);
    return last > signed.baseId() ? left.with(chain, signed.withBase(last, signedHash)) : left;
  }

  /// What is to be noted of the deletion of the records up to this one.
  AuditNote note(long last, Instant now) throws SQLException {
    String range = " FROM " + chain.table() + " WHERE id <= " + last;
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT min(id), max(id), count(*), (SELECT timestamp"
                    + range
                    + " ORDER BY id LIMIT 1), (SELECT timestamp"
                    + range
                    + " ORDER BY id DESC LIMIT 1)"
                    + range)) {
      row.next();
      return new AuditNote(
          now,
          chain.table(),
          row.getLong(1),
          row.getLong(2),
          row.getLong(3),
          String.valueOf(row.getString(4)),
          String.valueOf(row.getString(5)));
    }
  }
}
