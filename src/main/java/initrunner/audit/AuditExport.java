package initrunner.audit;

import initrunner.audit.AuditQuery.Conditions;
import initrunner.text.Timestamps;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A question for runs and events, in the order of time. Immutable.
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

  private static final String ORDER = " ORDER BY \"timestamp\"%1$s, \"table\"%1$s, id%1$s";

  /// Hands all matching records over, without holding more than one of them: a text, a number, or
  /// nothing for each of [#COLUMNS], in their order. Blocks.
  ///
  /// @throws AuditException if there is no database here, or it cannot be read
  public void run(Path database, Consumer<SequencedMap<String, Optional<Object>>> taker) {
    int ignored =
        AuditQuery.read(
            database,
            connection -> {
              export(connection, taker);
              return 0;
            });
  }

  private void export(Connection connection, Consumer<SequencedMap<String, Optional<Object>>> taker)
      throws SQLException {
    List<Object> values = new ArrayList<>();
    List<String> selects = new ArrayList<>();
    for (Chain chain : Chain.OF_RECORDS) {
      // What this database has of the table: one of an earlier version has less.
      Set<String> present = chain.columns(connection);
      if (!present.isEmpty() && (chain == Chain.RUNS || triggerType.isEmpty())) {
        Conditions conditions = conditions(chain);
        selects.add(select(chain, present) + conditions.sql());
        values.addAll(List.of(conditions.values()));
      }
    }
    if (selects.isEmpty()) {
      return;
    }
    String all = String.join(" UNION ALL ", selects);
    String newest =
        limit
            .map(
                most -> "SELECT * FROM (" + all + ORDER.formatted(" DESC") + " LIMIT " + most + ")")
            .orElse(all);
    int ignored =
        SqliteDriver.ask(
            connection,
            newest + ORDER.formatted(""),
            rows -> {
              while (rows.next()) {
                taker.accept(record(rows));
              }
              return 0;
            },
            values.toArray());
  }

  private static SequencedMap<String, Optional<Object>> record(ResultSet rows) throws SQLException {
    SequencedMap<String, Optional<Object>> record = new LinkedHashMap<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      record.put(COLUMNS.get(i), Optional.ofNullable(rows.getObject(i + 1)));
    }
    return record;
  }

  private static String select(Chain chain, Set<String> present) {
    return COLUMNS.stream()
            .map(column ->
                column.equals("table")
                    ? "'" + chain.table() + "' AS \"table\""
                    : (present.contains(column) ? column : "NULL") + " AS \"" + column + '"')
            .collect(Collectors.joining(", ", "SELECT ", ""))
        + (present.contains("record_hash") ? chain.from() : " FROM " + chain.table() + " r");
  }

  private Conditions conditions(Chain chain) {
    return new Conditions()
        .and(chain == Chain.RUNS ? "r.run_id = ?" : RUN_OF_EVENT, runId)
        .and("r.agent_name = ?", agentName)
        .and("r.trigger_type = ?", triggerType)
        .and("r.timestamp >= ?", period.since().map(Timestamps::lowerBound))
        .and("r.timestamp <= ?", period.until().map(Timestamps::format));
  }
}
