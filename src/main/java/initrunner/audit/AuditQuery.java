package initrunner.audit;

import initrunner.text.FileFailure;
import initrunner.text.RegularFile;
import initrunner.text.Timestamps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A question for security events. Immutable.
///
/// Reads without writing, while other processes write; never makes a database.
///
/// @param since only events of this time or later
/// @param limit at most so many events, the newest
public record AuditQuery(
    Optional<String> eventType, Optional<String> agentName, Optional<Instant> since, int limit) {

  /// The run of an event, in SQL: the value of `run` in its details. An index has it, which SQLite
  /// takes for the same words only.
  public static final String RUN_OF_EVENT =
      """
      CASE instr(' ' || details, ' run=') WHEN 0 THEN NULL ELSE substr(details, \
      instr(' ' || details, ' run=') + 4, \
      instr(substr(details || ' ', instr(' ' || details, ' run=') + 4), ' ') - 1) END\
      """;

  /// A recorded event has a few thousand; many of them are held at once.
  private static final int MOST_BYTES_OF_EVENT = 1 << 20;

  /// One recorded security event, as it is in the database. Immutable.
  ///
  /// @param id in the order of recording
  /// @param timestamp UTC, ISO 8601 with microseconds and `+00:00`
  /// @param details `key=value key=value`
  /// @param sourceIp where a remote caller came from; only other writers of the database set it
  /// @param principalId for whom it was done; only other writers of the database set it
  public record Event(
      long id,
      String timestamp,
      String eventType,
      String agentName,
      String details,
      Optional<String> sourceIp,
      Optional<String> principalId) {}

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
  public List<Event> run(Path database) {
    return read(
        database,
        connection -> {
          SqliteDriver.boundValues(connection, MOST_BYTES_OF_EVENT);
          return rows(connection);
        });
  }

  /// A value as it stands in an event's details.
  public static String inDetails(String value) {
    return DetailsText.value(value, DetailsText.MAX_VALUE_LENGTH);
  }

  /// The types of event that the database has, in alphabetical order.
  ///
  /// @throws AuditException if there is no database here, or it cannot be read
  public static List<String> eventTypes(Path database) {
    return read(
        database,
        connection ->
            SqliteDriver.all(
                connection,
                "SELECT DISTINCT event_type FROM security_events ORDER BY event_type",
                row -> text(row, "event_type")));
  }

  /// One recorded run, by which a person tells it from others.
  public record Run(String id, String timestamp, String agentName) {}

  /// The runs of the database, newest first; none where it has no table of them.
  ///
  /// @throws AuditException if there is no database here, or it cannot be read
  public static List<Run> newestRuns(Path database, int limit) {
    return read(
        database,
        connection ->
            Chain.RUNS.columns(connection).isEmpty()
                ? List.of()
                : SqliteDriver.all(
                    connection,
                    "SELECT run_id, timestamp, agent_name FROM "
                        + Chain.RUNS.table()
                        + " ORDER BY id DESC LIMIT "
                        + limit,
                    row ->
                        new Run(
                            text(row, "run_id"), text(row, "timestamp"), text(row, "agent_name"))));
  }

  private List<Event> rows(Connection connection) throws SQLException {
    // Databases of earlier versions lack this column.
    boolean hasPrincipal =
        SqliteDriver.columns(connection, "security_events").contains("principal_id");
    Conditions conditions =
        new Conditions()
            .and("event_type = ?", eventType)
            .and("agent_name = ?", agentName)
            .and("timestamp >= ?", since.map(Timestamps::lowerBound));
    return SqliteDriver.all(
        connection,
        "SELECT * FROM security_events" + conditions.sql() + " ORDER BY id DESC LIMIT " + limit,
        row ->
            new Event(
                row.getLong("id"),
                text(row, "timestamp"),
                text(row, "event_type"),
                text(row, "agent_name"),
                text(row, "details"),
                Optional.ofNullable(row.getString("source_ip")),
                hasPrincipal
                    ? Optional.ofNullable(row.getString("principal_id"))
                    : Optional.empty()),
        conditions.values());
  }

  /// Other writers may have left out what must be there.
  private static String text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column)).orElse("");
  }

  /// What rows must fulfil, and the values of its parameters.
  static final class Conditions {

    private final StringBuilder sql = new StringBuilder(" WHERE 1");
    private final List<Object> values = new ArrayList<>();

    /// Adds a condition with one parameter, if there is a value for it.
    Conditions and(String condition, Optional<String> value) {
      value.ifPresent(given -> {
        sql.append(" AND ").append(condition);
        values.add(given);
      });
      return this;
    }

    String sql() {
      return sql.toString();
    }

    Object[] values() {
      return values.toArray();
    }
  }

  /// What is asked of an open database.
  public interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  /// Asks a database that is there, on a connection of its own that cannot write. Blocks.
  ///
  /// @throws AuditException if there is no database here, or it cannot be read
  public static <T> T read(Path database, Question<T> question) {
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
