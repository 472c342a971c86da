package initrunner.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The ends of a record as they stand in its database: a row for each chain, and one that holds the
/// signature of all of them. All that reads and writes it belongs into one transaction. Used by one
/// thread at a time.
final class EndsTable implements AutoCloseable {

  static final String TABLE = "audit_chain";

  private static final Set<String> COLUMNS =
      Set.of("chain", "base_id", "base_hash", "tip_id", "tip_hash", "ends_hash");

  private static final String READ = "SELECT * FROM audit_chain";

  private static final String WRITE =
      "INSERT OR REPLACE INTO audit_chain"
          + " (chain, base_id, base_hash, tip_id, tip_hash, ends_hash) VALUES (?, ?, ?, ?, ?, ?)";

  private static final String RECORD = "record";
  private static final String UNSIGNED = ".unsigned";
  private static final long VERSION = 2;
  private static final int ROWS = 1 + 2 * Chain.values().length;

  private final PreparedStatement write;

  EndsTable(Connection connection) throws SQLException {
    write = connection.prepareStatement(WRITE);
  }

  /// What the table holds.
  sealed interface Stored {

    /// No row; or there is no table.
    record Nothing() implements Stored {}

    /// Ends that are signed with this key.
    ///
    /// @param version of the form in which they are stored
    record Signed(RecordEnds ends, Version version) implements Stored {}

    /// Anything else.
    record Forged() implements Stored {}
  }

  /// Forms of the table.
  enum Version {
    /// Each chain's ends are signed by themselves, and nothing says which record they are of.
    SEPARATE,
    TOGETHER
  }

  private record Row(String chain, Ends ends, String hash) {}

  /// What the table holds, in any state.
  static Stored read(Connection connection, Hmac key) throws SQLException {
    Set<Row> rows = new HashSet<>();
    try (Statement statement = connection.createStatement()) {
      Set<String> columns = AuditSchema.columns(statement, TABLE);
      if (columns.isEmpty()) {
        return new Stored.Nothing();
      }
      if (!columns.containsAll(COLUMNS)) {
        return new Stored.Forged();
      }
      try (ResultSet result = statement.executeQuery(READ)) {
        while (result.next()) {
          Optional<Row> row = row(result);
          if (row.isEmpty() || !rows.add(row.get()) || rows.size() > ROWS) {
            return new Stored.Forged();
          }
        }
      }
    }
    if (rows.isEmpty()) {
      return new Stored.Nothing();
    }
    return rows.stream().anyMatch(row -> row.chain().equals(RECORD))
        ? together(rows, key)
        : separate(rows, key);
  }

  private static Optional<Row> row(ResultSet result) throws SQLException {
    return result.getObject("chain") instanceof String chain
            && result.getObject("base_id") instanceof Number baseId
            && result.getObject("base_hash") instanceof String baseHash
            && result.getObject("tip_id") instanceof Number tipId
            && result.getObject("tip_hash") instanceof String tipHash
            && result.getObject("ends_hash") instanceof String hash
        ? Optional.of(
            new Row(
                chain, new Ends(baseId.longValue(), baseHash, tipId.longValue(), tipHash), hash))
        : Optional.empty();
  }

  private static Stored together(Set<Row> rows, Hmac key) {
    RecordEnds ends = RecordEnds.ofNewRecord();
    String hash = "";
    for (Row row : rows) {
      if (row.chain().equals(RECORD)) {
        if (!row.ends().equals(new Ends(VERSION, row.ends().baseHash(), 0, ""))) {
          return new Stored.Forged();
        }
        ends = new RecordEnds(row.ends().baseHash(), ends.signed(), ends.unsigned());
        hash = row.hash();
        continue;
      }
      boolean isUnsigned = row.chain().endsWith(UNSIGNED);
      Optional<Chain> chain = Chain.ofTable(row.chain().replace(UNSIGNED, ""));
      if (chain.isEmpty() || !row.hash().isEmpty()) {
        return new Stored.Forged();
      }
      ends =
          isUnsigned
              ? ends.withUnsigned(chain.get(), row.ends())
              : ends.with(chain.get(), row.ends());
    }
    return rows.size() == ROWS && key.sign(ends.text()).equals(hash)
        ? new Stored.Signed(ends, Version.TOGETHER)
        : new Stored.Forged();
  }

  private static Stored separate(Set<Row> rows, Hmac key) {
    RecordEnds ends = RecordEnds.ofNewRecord();
    for (Row row : rows) {
      Optional<Chain> chain = Chain.ofTable(row.chain());
      if (chain.isEmpty() || !separateHash(row, key).equals(row.hash())) {
        return new Stored.Forged();
      }
      ends = ends.with(chain.get(), row.ends());
    }
    return rows.size() == Chain.OF_RECORDS.size()
        ? new Stored.Signed(ends, Version.SEPARATE)
        : new Stored.Forged();
  }

  private static String separateHash(Row row, Hmac key) {
    SortedMap<String, Optional<Object>> fields = new TreeMap<>();
    fields.put("chain", Optional.of(row.chain()));
    fields.put("base_id", Optional.of(row.ends().baseId()));
    fields.put("base_hash", Optional.of(row.ends().baseHash()));
    fields.put("tip_id", Optional.of(row.ends().tipId()));
    fields.put("tip_hash", Optional.of(row.ends().tipHash()));
    return key.sign(CanonicalJson.of(fields));
  }

  /// Replaces all rows.
  void writeAll(Statement statement, RecordEnds ends, Hmac key) throws SQLException {
    statement.executeUpdate("DELETE FROM audit_chain");
    write(ends, List.of(Chain.values()), key);
    for (Chain chain : Chain.values()) {
      writeRow(chain.table() + UNSIGNED, ends.ofUnsigned(chain), "");
    }
  }

  /// Replaces the rows of these chains, where no other has changed.
  void write(RecordEnds ends, List<Chain> changed, Hmac key) throws SQLException {
    for (Chain chain : changed) {
      writeRow(chain.table(), ends.of(chain), "");
    }
    writeRow(RECORD, new Ends(VERSION, ends.recordId(), 0, ""), key.sign(ends.text()));
  }

  private void writeRow(String name, Ends ends, String hash) throws SQLException {
    write.setString(1, name);
    write.setLong(2, ends.baseId());
    write.setString(3, ends.baseHash());
    write.setLong(4, ends.tipId());
    write.setString(5, ends.tipHash());
    write.setString(6, hash);
    write.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    write.close();
  }
}
