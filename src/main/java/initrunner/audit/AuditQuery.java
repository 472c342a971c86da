package initrunner.audit;

import initrunner.text.FileFailure;
import initrunner.text.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A question to the record. Immutable.
///
/// Answers are read without writing, while others write; a database is never made.
///
/// @param since only events of this time or later
/// @param limit at most so many events, the newest
public record AuditQuery(
    Optional<String> eventType, Optional<String> agentName, Optional<Instant> since, int limit) {

  /// A recorded event has a few thousand; many of them are held at once.
  private static final int MOST_BYTES_OF_EVENT = 1 << 20;

  /// Checks the limit.
  ///
  /// @throws IllegalArgumentException for a limit below 1
  public AuditQuery {
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit + ": allowed is 1 or more");
    }
  }

  /// The matching events, newest first.
  ///
  /// @throws AuditException if there is no database here, or it cannot be read
  public List<AuditRow> run(Path database) {
    return read(
        database,
        connection -> {
          SqliteDriver.boundValues(connection, MOST_BYTES_OF_EVENT);
          return rows(connection);
        });
  }

  /// The types of event that the database has, in alphabetical order.
  ///
  /// @throws AuditException if there is no database here, or it cannot be read
  public static List<String> eventTypes(Path database) {
    return read(
        database,
        connection -> {
          List<String> types = new ArrayList<>();
          try (Statement statement = connection.createStatement();
              ResultSet result =
                  statement.executeQuery(
                      "SELECT DISTINCT event_type FROM security_events ORDER BY event_type")) {
            while (result.next()) {
              types.add(text(result, "event_type"));
            }
          }
          return types;
        });
  }

  private List<AuditRow> rows(Connection connection) throws SQLException {
    List<Object> parameters = new ArrayList<>();
    StringBuilder conditions = new StringBuilder("1");
    eventType.ifPresent(type -> {
      conditions.append(" AND event_type = ?");
      parameters.add(type);
    });
    agentName.ifPresent(name -> {
      conditions.append(" AND agent_name = ?");
      parameters.add(name);
    });
    since.ifPresent(time -> {
      conditions.append(" AND timestamp >= ?");
      parameters.add(Timestamps.lowerBound(time));
    });
    parameters.add(limit);
    String sql = "SELECT * FROM security_events WHERE " + conditions + " ORDER BY id DESC LIMIT ?";
    List<AuditRow> rows = new ArrayList<>();
    try (Statement columns = connection.createStatement();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      // Databases of earlier versions lack this column.
      boolean hasPrincipal =
          AuditSchema.columns(columns, "security_events").contains("principal_id");
      for (int i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, parameters.get(i));
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(
              new AuditRow(
                  result.getLong("id"),
                  text(result, "timestamp"),
                  text(result, "event_type"),
                  text(result, "agent_name"),
                  text(result, "details"),
                  Optional.ofNullable(result.getString("source_ip")),
                  hasPrincipal
                      ? Optional.ofNullable(result.getString("principal_id"))
                      : Optional.empty()));
        }
      }
    }
    return rows;
  }

  /// Other writers may have left out what must be there.
  private static String text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column)).orElse("");
  }

  interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  static <T> T read(Path database, Question<T> question) {
    requirePresent(database);
    try (Connection connection = SqliteDriver.openToRead(database)) {
      return question.ask(connection);
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot read the audit database", database, e);
    }
  }

  /// Makes sure that there is a file.
  ///
  /// @throws AuditException if there is none, or it is no regular one
  public static void requirePresent(Path database) {
    if (Files.notExists(database)) {
      throw new AuditException(
          "There is no audit database at " + database,
          "Run something first: it is made by the first recorded call. If it is elsewhere, name it"
              + " with --audit-db or INITRUNNER_AUDIT_DB");
    }
    try {
      RegularFile.requireRegular(database);
    } catch (IOException e) {
      throw new AuditException(
          "The audit database " + FileFailure.reason(e),
          "Move it away, or name another file with --audit-db or INITRUNNER_AUDIT_DB",
          e);
    }
  }
}
