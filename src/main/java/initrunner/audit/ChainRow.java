package initrunner.audit;

import initrunner.text.CanonicalJson;
import initrunner.text.Hmac;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The row of a chain's table that a query is at, and the signature that it must have. A hundred
/// thousand rows are to take a second, so columns are looked up by name once for all of them. Used
/// by one thread.
final class ChainRow implements AutoCloseable {

  /// Keeps the chain of unsigned records apart from that of signed ones.
  private static final String UNSIGNED_MARK = "unsigned ";

  private static final String ID = "id";

  /// A column that goes into the signature.
  ///
  /// @param quoted its name as JSON
  /// @param number where it is in the result; 0 where the table lacks it
  private record Column(String name, String quoted, int number) {}

  private final Statement statement;
  private final ResultSet rows;
  private final List<Column> signed;
  private final List<Column> unsigned;
  private final int id;
  private final int previousHash;
  private final int hash;
  private final StringBuilder text = new StringBuilder();

  /// Asks for rows of a chain.
  ///
  /// @param which what follows the chain's SELECT
  ChainRow(Connection connection, Chain chain, String which) throws SQLException {
    statement = connection.createStatement();
    rows = statement.executeQuery(chain.select() + which);
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
      numbers.putIfAbsent(rows.getMetaData().getColumnName(i), i);
    }
    TreeSet<String> names = new TreeSet<>(chain.signedColumns());
    signed = columns(names, numbers);
    names.add(ID);
    unsigned = columns(names, numbers);
    id = numbers.getOrDefault(ID, 0);
    previousHash = numbers.getOrDefault("prev_hash", 0);
    hash = numbers.getOrDefault("record_hash", 0);
  }

  private static List<Column> columns(SortedSet<String> names, Map<String, Integer> numbers) {
    List<Column> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(new Column(name, '"' + name + "\":", numbers.getOrDefault(name, 0)));
    }
    return columns;
  }

  /// Goes to the next row, if there is one.
  boolean next() throws SQLException {
    return rows.next();
  }

  long id() throws SQLException {
    return rows.getLong(id);
  }

  /// The signature of the record before, as this row holds it; empty in the first record of all.
  Object previousHash() throws SQLException {
    Object previous = rows.getObject(previousHash);
    return previous == null ? "" : previous;
  }

  Optional<Object> hash() throws SQLException {
    return Optional.ofNullable(rows.getObject(hash));
  }

  /// The signature that the row must have behind this one.
  String sign(String previous, Hmac key) throws SQLException {
    return key.sign(text(previous, signed));
  }

  /// The signature that the row has in the chain of unsigned records, which is not stored with it.
  String signUnsigned(String previous, Hmac key) throws SQLException {
    return key.sign(text(UNSIGNED_MARK + previous, unsigned));
  }

  private String text(String before, List<Column> columns) throws SQLException {
    text.setLength(0);
    text.append(before).append('{');
    char separator = 0;
    for (Column column : columns) {
      if (separator != 0) {
        text.append(separator);
      }
      separator = ',';
      text.append(column.quoted());
      CanonicalJson.append(text, value(column));
    }
    return text.append('}').toString();
  }

  /// SQLite has no booleans; any other number than its two was not written by this program.
  private @Nullable Object value(Column column) throws SQLException {
    Object value = column.number() == 0 ? null : rows.getObject(column.number());
    return column.name().equals("success")
            && value instanceof Integer number
            && (number == 0 || number == 1)
        ? (Object) (number == 1)
        : value;
  }

  @Override
  public void close() throws SQLException {
    try (statement;
        rows) {
      // The rows are closed first.
    }
  }
}
