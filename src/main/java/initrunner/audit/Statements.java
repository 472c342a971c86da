package initrunner.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/// The statements of one connection, each of which is prepared once. They end with the connection.
/// Used by one thread at a time.
final class Statements {

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Statements(Connection connection) {
    this.connection = connection;
  }

  /// @return how many rows were changed
  int execute(String sql, Object... parameters) throws SQLException {
    return use(sql, parameters, PreparedStatement::executeUpdate);
  }

  /// The number in the first column of the first row.
  long number(String sql, Object... parameters) throws SQLException {
    return use(
        sql,
        parameters,
        statement -> {
          try (ResultSet row = statement.executeQuery()) {
            return row.getLong(1);
          }
        });
  }

  private interface Use<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  private <T> T use(String sql, Object[] parameters, Use<T> use) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    try {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return use.of(statement);
    } catch (SQLException e) {
      // The driver closes most statements that fail.
      prepared.remove(sql);
      statement.close();
      throw e;
    }
  }

  /// Work inside of a transaction.
  interface Work<T> {
    T run() throws SQLException;
  }

  /// Does the work with the write lock, and commits it; on any throwable it is rolled back.
  <T> T inTransaction(Work<T> work) throws SQLException {
    execute("BEGIN IMMEDIATE");
    try {
      T result = work.run();
      execute("COMMIT");
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      try {
        execute("ROLLBACK");
      } catch (SQLException ended) {
        // SQLite has ended the transaction already.
        e.addSuppressed(ended);
      }
      throw e;
    }
  }
}
