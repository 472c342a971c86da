package initrunner.audit.story;

import initrunner.audit.SqliteDriver;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Questions to one connection, each of which is prepared once: SQLite needs longer to read these
/// than to answer them. They end with the connection. For one thread; no reader asks its own
/// question again.
final class Questions {

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Questions(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  <T> T ask(String sql, SqliteDriver.Reader<T> reader, Object... parameters) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    try (ResultSet rows = statement.executeQuery()) {
      return reader.read(rows);
    }
  }

  /// The first row; empty where there is none.
  <T> Optional<T> first(String sql, SqliteDriver.Reader<T> reader, Object... parameters)
      throws SQLException {
    return ask(
        sql, rows -> rows.next() ? Optional.of(reader.read(rows)) : Optional.empty(), parameters);
  }

  <T> List<T> all(String sql, SqliteDriver.Reader<T> reader, Object... parameters)
      throws SQLException {
    return ask(
        sql,
        rows -> {
          List<T> all = new ArrayList<>();
          while (rows.next()) {
            all.add(reader.read(rows));
          }
          return all;
        },
        parameters);
  }
}
