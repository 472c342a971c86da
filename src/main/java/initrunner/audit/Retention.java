package initrunner.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Keeps the record bounded: by age, and by number.
///
/// Whether there is anything to do is read from the ends of two indexes, so asking costs next to
/// nothing however large the record is. Nothing is remembered between two times.
///
/// @param maxAge older records go
/// @param maxRecords only the newest stay; so many and [#SLACK] more may be there for a while,
///   because finding the oldest one to keep means walking over all of them
record Retention(Duration maxAge, int maxRecords) {

  static final Retention DEFAULT = new Retention(Duration.ofDays(90), 100_000);

  static final int SLACK = 1000;

  /// Deletes only ever the oldest, up to the first that is to be kept: whatever else is missing was
  /// not deleted by this.
  private static final String LAST_OLD =
      """
      SELECT coalesce(
        (SELECT id - 1 FROM TABLE NOT INDEXED WHERE timestamp >= ? ORDER BY id LIMIT 1),
        (SELECT max(id) FROM TABLE))\
      """;

  private static final String ENDS =
      """
      SELECT (SELECT min(timestamp) FROM TABLE),
        (SELECT min(id) FROM TABLE),
        (SELECT max(id) FROM TABLE)\
      """;

  private static final String LAST_SURPLUS =
      "SELECT id FROM TABLE ORDER BY id DESC LIMIT 1 OFFSET ?";

  /// The last record of a table that is due as of now.
  Optional<Long> lastToDelete(Connection connection, String table, Instant now)
      throws SQLException {
    String oldestToKeep = Timestamps.lowerBound(now.minus(maxAge));
    boolean anyOld;
    boolean anySurplus;
    long first;
    try (Statement statement = connection.createStatement();
        ResultSet ends = statement.executeQuery(ENDS.replace("TABLE", table))) {
      String oldest = ends.next() ? ends.getString(1) : null;
      if (oldest == null) {
        return Optional.empty();
      }
      first = ends.getLong(2);
      anyOld = oldest.compareTo(oldestToKeep) < 0;
      anySurplus = ends.getLong(3) - first >= (long) maxRecords + SLACK;
    }
    long last = first - 1;
    if (anyOld) {
      last = Math.max(last, answer(connection, LAST_OLD.replace("TABLE", table), oldestToKeep));
    }
    if (anySurplus) {
      last = Math.max(last, answer(connection, LAST_SURPLUS.replace("TABLE", table), maxRecords));
    }
    return Optional.of(last).filter(id -> id >= first);
  }

  private static long answer(Connection connection, String sql, Object parameter)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, parameter);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? result.getLong(1) : 0;
      }
    }
  }
}
