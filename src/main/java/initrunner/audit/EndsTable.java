package initrunner.audit;

import initrunner.audit.LogEnds.Ends;
import initrunner.audit.sql.Statements;
import initrunner.text.CanonicalJson;
import initrunner.text.Hmac;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The ends of an audit log as they stand in its database: a row for each chain, and one that holds
/// the signature of all of them. All that reads and writes it belongs into one transaction.
/// Stateless.
final class EndsTable {

  static final String TABLE = "audit_chain";

  private static final Set<String> COLUMNS =
      Set.of("chain", "base_id", "base_hash", "tip_id", "tip_hash", "ends_hash");

  private static final String WRITE =
      "INSERT OR REPLACE INTO audit_chain"
          + " (chain, base_id, base_hash, tip_id, tip_hash, ends_hash) VALUES (?, ?, ?, ?, ?, ?)";

  private static final String LOG = "record";
  private static final long VERSION = 2;

  /// One more than there may be shows that the table is not as this program leaves it.
  private static final String READ =
      "SELECT * FROM audit_chain LIMIT " + (LogEnds.NAMES.size() + 2);

  private EndsTable() {}

  private record Row(String name, Ends ends, String hash) {}

  /// The ends that are signed with this key; empty where the table holds anything else, or is not
  /// there.
  static Optional<LogEnds> read(Connection connection, Hmac key) throws SQLException {
    Map<String, Row> rows = rows(connection);
    Row log = rows.remove(LOG);
    if (log == null
        || !log.ends().equals(new Ends(VERSION, log.ends().baseHash(), 0, ""))
        || !rows.keySet().equals(Set.copyOf(LogEnds.NAMES))
        || rows.values().stream().anyMatch(row -> !row.hash().isEmpty())) {
      return Optional.empty();
    }
    LogEnds ends = ends(log.ends().baseHash(), rows.values());
    return Optional.of(ends).filter(_ -> key.sign(ends.text()).equals(log.hash()));
  }

  /// The ends in the form of an earlier version, of which each chain's are signed by themselves and
  /// nothing says which audit log they are of.
  static Optional<LogEnds> readSeparate(Connection connection, Hmac key) throws SQLException {
    Map<String, Row> rows = rows(connection);
    Set<String> needed = new HashSet<>();
    Chain.OF_RECORDS.forEach(chain -> needed.add(chain.table()));
    return rows.keySet().equals(needed)
            && rows.values().stream().allMatch(row -> separateHash(row, key).equals(row.hash()))
        ? Optional.of(ends(LogEnds.ofNewLog().logId(), rows.values()))
        : Optional.empty();
  }

  private static LogEnds ends(String logId, Collection<Row> rows) {
    Map<String, Ends> ends = new HashMap<>();
    rows.forEach(row -> ends.put(row.name(), row.ends()));
    return new LogEnds(logId, ends);
  }

  /// By their names; none where one is not of the form that this program writes.
  private static Map<String, Row> rows(Connection connection) throws SQLException {
    Map<String, Row> rows = new HashMap<>();
    if (SqliteDriver.columns(connection, TABLE).containsAll(COLUMNS)) {
      List<Optional<Row>> all = SqliteDriver.all(connection, READ, EndsTable::row);
      all.stream().flatMap(Optional::stream).forEach(row -> rows.put(row.name(), row));
      if (rows.size() < all.size()) {
        rows.clear();
      }
    }
    return rows;
  }

  private static Optional<Row> row(ResultSet result) throws SQLException {
    return result.getObject("chain") instanceof String name
            && result.getObject("base_id") instanceof Number baseId
            && result.getObject("base_hash") instanceof String baseHash
            && result.getObject("tip_id") instanceof Number tipId
            && result.getObject("tip_hash") instanceof String tipHash
            && result.getObject("ends_hash") instanceof String hash
        ? Optional.of(
            new Row(name, new Ends(baseId.longValue(), baseHash, tipId.longValue(), tipHash), hash))
        : Optional.empty();
  }

  private static String separateHash(Row row, Hmac key) {
    Map<String, Optional<Object>> fields =
        Map.of(
            "chain", Optional.of(row.name()),
            "base_id", Optional.of(row.ends().baseId()),
            "base_hash", Optional.of(row.ends().baseHash()),
            "tip_id", Optional.of(row.ends().tipId()),
            "tip_hash", Optional.of(row.ends().tipHash()));
    return key.sign(CanonicalJson.of(new TreeMap<>(fields)));
  }

  /// Replaces all rows.
  static void writeAll(Statements statements, LogEnds ends, Hmac key) throws SQLException {
    statements.execute("DELETE FROM audit_chain");
    write(statements, ends, LogEnds.NAMES, key);
  }

  /// Replaces the rows of these names, where no other has changed.
  static void write(Statements statements, LogEnds ends, List<String> changed, Hmac key)
      throws SQLException {
    for (String name : changed) {
      writeRow(statements, name, ends.of(name), "");
    }
    writeRow(statements, LOG, new Ends(VERSION, ends.logId(), 0, ""), key.sign(ends.text()));
  }

  private static void writeRow(Statements statements, String name, Ends ends, String hash)
      throws SQLException {
    statements.execute(
        WRITE, name, ends.baseId(), ends.baseHash(), ends.tipId(), ends.tipHash(), hash);
  }
}
