package initrunner.audit.story;

import initrunner.audit.AuditQuery;
import initrunner.audit.SqliteDriver;
import initrunner.text.Timestamps;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the runs that a filter may want, newest first. SQLite does it all: most rows of a large
/// log never come into this process. For one connection.
final class RunCandidates {

  private static final String RUN = AuditQuery.RUN_OF_EVENT;

  private static final String EVENTS =
      "SELECT run, "
          + StoredEvent.BEGIN
          + " AS begin, s.agent_name AS agent FROM (SELECT "
          + RUN
          + " AS run, min(id) AS first FROM security_events WHERE "
          + RUN
          + " IS NOT NULL GROUP BY "
          + RUN
          + ") JOIN security_events s ON s.id = first";

  private static final String ROWS =
      "SELECT run_id AS run, a.timestamp AS begin, a.agent_name AS agent FROM (SELECT run_id AS run,"
          + " min(id) AS first FROM audit_log GROUP BY run_id) JOIN audit_log a ON a.id = first";

  private static final String OF_HOST =
      " AND (run IN (SELECT "
          + RUN
          + " FROM security_events WHERE instr(' ' || details || ' ', ' host=' || ? || ' ') > 0)"
          + " OR run IN (SELECT run_id FROM audit_log WHERE json_valid(trigger_metadata)"
          + " AND trigger_metadata ->> '$.host' = ?))";

  private static final String OF_SANDBOX =
      " AND run IN (SELECT "
          + RUN
          + " FROM security_events WHERE instr(' ' || details || ' ', ' sandbox=' || ? || ' ') > 0)";

  private static final String OF_THIS_MACHINE =
      " AND (run IN (SELECT "
          + RUN
          + " FROM security_events WHERE event_type LIKE 'sandbox.%'"
          + " AND instr(' ' || details, ' host=') = 0) OR run IN (SELECT run_id FROM audit_log WHERE"
          + " json_valid(trigger_metadata) AND trigger_metadata ->> '$.host' IS NULL"
          + " AND trigger_metadata ->> '$.backend' IS NOT NULL))";

  /// All that did not succeed, and some others.
  private static final String PERHAPS_FAILED =
      " AND (run IN (SELECT run_id FROM audit_log WHERE NOT success) OR run IN (SELECT "
          + RUN
          + " FROM security_events WHERE (event_type = 'sandbox.exec'"
          + " AND instr(details || ' ', ' rc=0 ') = 0) OR (event_type = 'sandbox.transfer'"
          + " AND instr(details || ' ', ' ended=complete ') = 0)) OR run IN (SELECT "
          + RUN
          + " FROM security_events GROUP BY "
          + RUN
          + " HAVING sum(event_type = 'sandbox.start') > sum(event_type = 'sandbox.exec'"
          + " AND instr(details, ' ended=answered') = 0)) OR (run NOT IN"
          + " (SELECT run_id FROM audit_log) AND run IN (SELECT "
          + RUN
          + " FROM security_events WHERE instr(details, ' door=run ') > 0"
          + " OR instr(details, ' door=acp ') > 0)))";

  private RunCandidates() {}

  /// Their ids.
  static List<String> of(Connection connection, RunFilter filter) throws SQLException {
    List<String> sources = new ArrayList<>();
    if (!SqliteDriver.columns(connection, "security_events").isEmpty()) {
      sources.add(EVENTS);
    }
    if (!SqliteDriver.columns(connection, "audit_log").isEmpty()) {
      sources.add(ROWS);
    }
    if (sources.isEmpty()) {
      return List.of();
    }
    StringBuilder sql =
        new StringBuilder("SELECT run FROM (")
            .append(String.join(" UNION ALL ", sources))
            .append(") WHERE 1");
    List<Object> values = new ArrayList<>();
    Optional<String> host = filter.host();
    if (host.equals(Optional.of(RunFilter.THIS_MACHINE))) {
      sql.append(OF_THIS_MACHINE);
    } else if (host.isPresent()) {
      sql.append(OF_HOST);
      values.add(AuditQuery.inDetails(host.get()));
      values.add(host.get());
    }
    if (filter.sandbox().isPresent()) {
      sql.append(OF_SANDBOX);
      values.add(AuditQuery.inDetails(filter.sandbox().get()));
    }
    if (filter.ends() == RunFilter.Ends.NOT_SUCCEEDED) {
      sql.append(PERHAPS_FAILED);
    }
    sql.append(" GROUP BY run HAVING 1");
    filter
        .agent()
        .ifPresent(agent -> {
          sql.append(" AND max(agent = ?)");
          values.add(agent);
        });
    filter
        .since()
        .ifPresent(since -> {
          sql.append(" AND min(begin) >= ?");
          values.add(Timestamps.lowerBound(since));
        });
    sql.append(" ORDER BY min(begin) DESC, run");
    return SqliteDriver.all(connection, sql.toString(), row -> row.getString(1), values.toArray());
  }
}
