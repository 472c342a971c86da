package initrunner.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;

/// How the ends in a database relate to those that are kept beside the key. Immutable.
///
/// @param behind the chains that end before what is kept: they were cut, or all of the database is
///   an older copy
/// @param other the chains that are not what was kept, with more after it
record EndsRelation(Set<Chain> behind, Set<Chain> other) {

  EndsRelation {
    behind = Set.copyOf(behind);
    other = Set.copyOf(other);
  }

  /// Whether the database is what was kept, or that and more.
  boolean follows() {
    return behind.isEmpty() && other.isEmpty();
  }

  /// Compares them; that costs a look at the database where a chain went on after what is kept.
  static EndsRelation of(Connection connection, RecordEnds stored, RecordEnds kept)
      throws SQLException {
    Set<Chain> behind = EnumSet.noneOf(Chain.class);
    Set<Chain> other = EnumSet.noneOf(Chain.class);
    for (Chain chain : Chain.values()) {
      Ends now = stored.of(chain);
      Ends before = kept.of(chain);
      if (now.tipId() < before.tipId() || now.baseId() < before.baseId()) {
        behind.add(chain);
      } else if (before.tipId() >= now.baseId()
          && !hashAt(connection, chain, before.tipId(), now).equals(before.tipHash())) {
        other.add(chain);
      }
    }
    return new EndsRelation(behind, other);
  }

  /// The signature of the record with this id, also where it is the last that was pruned.
  private static String hashAt(Connection connection, Chain chain, long id, Ends ends)
      throws SQLException {
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
}
