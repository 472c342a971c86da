package initrunner.audit;

import initrunner.audit.ChainCheck.Break;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;

/// The deletion of a chain's oldest records. All of the chain is verified before: what is left says
/// which ones are old, and nothing says afterwards that it was another thing meanwhile. For one
/// deletion, inside of its transaction.
final class Pruning {

  private final CurrentEnds current;
  private final Chain chain;
  private final RecordEnds ends;

  Pruning(CurrentEnds current, Chain chain, RecordEnds ends) {
    this.current = current;
    this.chain = chain;
    this.ends = ends;
  }

  /// What is wrong with the chain.
  Optional<Break> verify() throws SQLException {
    return ChainCheck.walked(current, chain, ends).firstBreak();
  }

  /// The ends after the records up to this one are gone.
  RecordEnds without(long last) throws SQLException {
    ChainWalk walk = new ChainWalk(chain, ends, current.key());
    walk.walkTo(current.connection(), last);
    Ends unsigned = ends.ofUnsigned(chain);
    RecordEnds left = ends;
    if (unsigned.baseId() < unsigned.tipId()) {
      long base = Math.min(last, unsigned.tipId());
      left = left.withUnsigned(chain, unsigned.withBase(base, walk.unsignedHash()));
    }
    Ends signed = ends.of(chain);
    return last > signed.baseId() ? left.with(chain, signed.withBase(last, walk.lastHash())) : left;
  }

  /// What is to be noted of the deletion of the records up to this one.
  AuditNote note(long last, Instant now) throws SQLException {
    String range = " FROM " + chain.table() + " WHERE id <= " + last;
    try (Statement statement = current.connection().createStatement();
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
