package initrunner.audit.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The statements of one connection, each of which is prepared once. They end with the connection.
/// Used by one thread at a time.
public final class Statements {

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  public Statements(Connection connection) {
    this.connection = connection;
  }

  /// Executes a statement that is no question.
  ///
  /// @return how many rows were changed
  public int execute(String sql, @Nullable Object... parameters) throws SQLException {
    PreparedStatement statement = prepared(sql);
    try {
      bind(statement, parameters);
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw forgotten(sql, statement, e);
    }
  }

  /// The number in the first column of the first row.
  public long number(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = prepared(sql);
    try {
      bind(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    } catch (SQLException e) {
      throw forgotten(sql, statement, e);
    }
  }

  private PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    return statement;
  }

  private static void bind(PreparedStatement statement, @Nullable Object... parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }

  /// The driver closes most statements that fail, so the next use prepares it anew.
  private SQLException forgotten(String sql, PreparedStatement failed, SQLException e)
      throws SQLException {
    prepared.remove(sql);
    failed.close();
    return e;
  }

  /// Work inside of a transaction.
  public interface Work<T> {
    T run() throws SQLException;
  }

  /// Does the work with the write lock, and commits it; on any throwable it is rolled back.
  public <T> T inTransaction(Work<T> work) throws SQLException {
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
