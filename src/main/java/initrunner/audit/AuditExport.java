package initrunner.audit;

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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A question for whole runs: their rows and all events, in the order of time. Immutable.
///
/// @param runId only this run and its events
/// @param agentName only this agent's
/// @param triggerType only runs that were started so, and no events
/// @param period only what began in it
/// @param limit at most so many records, the newest; empty for all
public record AuditExport(
    Optional<String> runId,
    Optional<String> agentName,
    Optional<String> triggerType,
    Period period,
    Optional<Integer> limit) {

  /// A time with or without a beginning and an end, both of which belong to it.
  public record Period(Optional<Instant> since, Optional<Instant> until) {}

  /// The columns of an exported record: first `table` says which of the two tables it is of.
  public static final List<String> COLUMNS =
      Stream.of(
              Stream.of("table", "id"),
              Chain.RUNS.signedColumns().stream(),
              Stream.of("event_type", "details", "source_ip", "prev_hash", "record_hash"))
          .flatMap(columns -> columns)
          .toList();

  private static final String RUN_OF_EVENT =
      "instr(' ' || r.details || ' ', ' run=' || ? || ' ') > 0";

  /// Gets one record after the other.
  @FunctionalInterface
  public interface Taker {

    /// Takes the next record.
    ///
    /// @param values one for each of [#COLUMNS]: a text, a number, or nothing
    void take(List<Optional<Object>> values);
  }

  /// Hands all matching records over, without holding more than one of them. Blocks.
  ///
  /// @throws AuditException if there is no database here, or it cannot be read
  public void run(Path database, Taker taker) {
    int ignored =
        AuditQuery.read(
            database,
            connection -> {
              export(connection, taker);
              return 0;
            });
  }

  private void export(Connection connection, Taker taker) throws SQLException {
    List<Object> parameters = new ArrayList<>();
    List<String> selects = new ArrayList<>();
    for (Chain chain : Chain.OF_RECORDS) {
      Set<String> present = columns(connection, chain);
      if (!present.isEmpty() && (chain == Chain.RUNS || triggerType.isEmpty())) {
        selects.add(select(chain, present) + conditions(chain, parameters));
      }
    }
    if (selects.isEmpty()) {
      return;
    }
    String all = String.join(" UNION ALL ", selects);
    String newest =
        limit
            .map(most ->
                "SELECT * FROM ("
                    + all
                    + " ORDER BY \"timestamp\" DESC, \"table\" DESC, id DESC"
                    + " LIMIT "
                    + most
                    + ")")
            .orElse(all);
    String sql = newest + " ORDER BY \"timestamp\", \"table\", id";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, parameters.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          List<Optional<Object>> values = new ArrayList<>();
          for (int i = 1; i <= COLUMNS.size(); i++) {
            values.add(Optional.ofNullable(rows.getObject(i)));
          }
          taker.take(values);
        }
      }
    }
  }

  /// What this database has of a table: one of an earlier version has less.
  private static Set<String> columns(Connection connection, Chain chain) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      Set<String> present = AuditSchema.columns(statement, chain.table());
      if (!present.isEmpty() && chain == Chain.EVENTS) {
        present.addAll(AuditSchema.columns(statement, "security_event_signatures"));
      }
      return present;
    }
  }

  private static String select(Chain chain, Set<String> present) {
    boolean isSigned = present.contains("record_hash");
    String from =
        chain == Chain.EVENTS && isSigned
            ? " FROM security_events r LEFT JOIN security_event_signatures s ON s.event_id = r.id"
            : " FROM " + chain.table() + " r";
    return COLUMNS.stream()
            .map(column ->
                column.equals("table")
                    ? "'" + chain.table() + "' AS \"table\""
                    : (present.contains(column) ? column : "NULL") + " AS \"" + column + '"')
            .collect(Collectors.joining(", ", "SELECT ", ""))
        + from;
  }

  private String conditions(Chain chain, List<Object> parameters) {
    StringBuilder conditions = new StringBuilder(" WHERE 1");
    runId.ifPresent(id -> {
      conditions.append(" AND ").append(chain == Chain.RUNS ? "r.run_id = ?" : RUN_OF_EVENT);
      parameters.add(id);
    });
    agentName.ifPresent(name -> {
      conditions.append(" AND r.agent_name = ?");
      parameters.add(name);
    });
    triggerType.ifPresent(type -> {
      conditions.append(" AND r.trigger_type = ?");
      parameters.add(type);
    });
    period
        .since()
        .ifPresent(time -> {
          conditions.append(" AND r.timestamp >= ?");
          parameters.add(Timestamps.lowerBound(time));
        });
    period
        .until()
        .ifPresent(time -> {
          conditions.append(" AND r.timestamp <= ?");
          parameters.add(Timestamps.format(time));
        });
    return conditions.toString();
  }
}
