package initrunner.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;

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

  private static final String ENDS =
      """
      SELECT (SELECT min(timestamp) FROM security_events),
        (SELECT min(id) FROM security_events),
        (SELECT max(id) FROM security_events)\
      """;

  private static final String DELETE_OLD = "DELETE FROM security_events WHERE timestamp < ?";

  private static final String DELETE_SURPLUS =
      """
      DELETE FROM security_events WHERE id <=
        (SELECT id FROM security_events ORDER BY id DESC LIMIT 1 OFFSET ?)\
      """;

  /// Deletes what is due as of now.
  void prune(Connection connection, Instant now) throws SQLException {
    String oldestToKeep = Timestamps.lowerBound(now.minus(maxAge));
    boolean anyOld;
    boolean anySurplus;
    try (Statement statement = connection.createStatement();
        ResultSet ends = statement.executeQuery(ENDS)) {
      String oldest = ends.next() ? ends.getString(1) : null;
      if (oldest == null) {
        return;
      }
      anyOld = oldest.compareTo(oldestToKeep) < 0;
      anySurplus = ends.getLong(3) - ends.getLong(2) >= (long) maxRecords + SLACK;
    }
    if (anyOld) {
      try (PreparedStatement statement = connection.prepareStatement(DELETE_OLD)) {
        statement.setString(1, oldestToKeep);
        statement.executeUpdate();
      }
    }
    if (anySurplus) {
      try (PreparedStatement statement = connection.prepareStatement(DELETE_SURPLUS)) {
        statement.setInt(1, maxRecords);
        statement.executeUpdate();
      }
    }
  }
}
