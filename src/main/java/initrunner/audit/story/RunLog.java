package initrunner.audit.story;

import initrunner.audit.AuditQuery;
import initrunner.audit.SqliteDriver;
import initrunner.text.Timestamps;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The audit log of a database as runs and calls. Reads without writing, while other processes
/// write; never makes a database. Immutable; each question opens the database anew and blocks.
///
/// All questions throw an [AuditException] if there is no database here, or it cannot be read.
public record RunLog(Path database) {

  /// A recorded event has a few thousand.
  private static final int MOST_BYTES_OF_EVENT = 1 << 20;

  private static final String RUN = AuditQuery.RUN_OF_EVENT;

  private static final String IDS =
      "SELECT run FROM (SELECT DISTINCT "
          + RUN
          + " AS run FROM security_events WHERE "
          + RUN
          + " >= ?1 AND "
          + RUN
          + " < ?2 UNION SELECT DISTINCT run_id FROM audit_log WHERE run_id >= ?1 AND run_id < ?2)"
          + " ORDER BY run LIMIT ?3";

  private static final String CALLS =
      "SELECT "
          + StoredEvent.COLUMNS
          + " FROM security_events WHERE event_type IN ('sandbox.start', 'sandbox.exec')"
          + " AND timestamp >= ? ORDER BY id";

  private static final String TRANSFERS =
      "SELECT "
          + StoredEvent.COLUMNS
          + " FROM security_events WHERE event_type = 'sandbox.transfer' AND timestamp >= ?"
          + " ORDER BY id";

  /// The runs that the filter wants, the one that began last first.
  public List<RunSummary> runs(RunFilter filter) {
    return AuditQuery.read(
        database,
        connection -> {
          Summaries summaries = new Summaries(new Questions(connection));
          List<RunSummary> runs = new ArrayList<>();
          for (String id : RunCandidates.of(connection, filter)) {
            if (runs.size() == filter.limit()) {
              break;
            }
            summaries
                .of(id)
                .filter(run ->
                    filter.ends() == RunFilter.Ends.ALL
                        || run.outcome().kind() != Outcome.Kind.SUCCEEDED)
                .ifPresent(runs::add);
          }
          return runs;
        });
  }

  /// The id of the run that began last.
  public Optional<String> newest() {
    return AuditQuery.read(
        database, connection -> RunCandidates.of(connection, RunFilter.ALL).stream().findFirst());
  }

  /// The ids that begin with these characters, in their order.
  ///
  /// @param most at most so many
  public List<String> idsWith(String prefix, int most) {
    return AuditQuery.read(
        database,
        connection ->
            hasBothTables(connection)
                ? SqliteDriver.all(
                    connection, IDS, row -> row.getString(1), prefix, prefix + '\uFFFF', most)
                : List.of());
  }

  private static boolean hasBothTables(Connection connection) throws SQLException {
    return !SqliteDriver.columns(connection, "security_events").isEmpty()
        && !SqliteDriver.columns(connection, "audit_log").isEmpty();
  }

  /// What happened in a run; empty where nothing is recorded of it.
  ///
  /// @param mostEvents of more, the oldest are left out; a call has two
  public Optional<RunStory> story(String runId, int mostEvents) {
    return AuditQuery.read(
        database,
        connection -> {
          // One state of the database.
          connection.setAutoCommit(false);
          Questions questions = new Questions(connection);
          Optional<RunSummary> summary = new Summaries(questions).of(runId);
          return summary.isEmpty()
              ? Optional.empty()
              : Optional.of(new StoryReader(questions, runId).read(summary.get(), mostEvents));
        });
  }

  /// The stories of these runs without their calls, in the same order.
  public List<RunStory> storiesWithoutCalls(List<RunSummary> runs) {
    return AuditQuery.read(
        database,
        connection -> {
          Questions questions = new Questions(connection);
          List<RunStory> stories = new ArrayList<>();
          for (RunSummary run : runs) {
            stories.add(new StoryReader(questions, run.runId()).read(run, 0));
          }
          return stories;
        });
  }

  /// Hands over all calls since then, in the order of their ends, and behind them those without an
  /// end. It holds no more than these.
  public void calls(Instant since, Consumer<StoredCall> taker) {
    CallPairs pairs = new CallPairs();
    forEach(CALLS, since, event -> pairs.next(event).ifPresent(taker));
    pairs.open().forEach(taker);
  }

  /// Hands over all transfers since then, in the order of their ends.
  public void transfers(Instant since, Consumer<StoredTransfer> taker) {
    forEach(TRANSFERS, since, event -> taker.accept(event.transfer()));
  }

  private void forEach(String sql, Instant since, Consumer<StoredEvent> taker) {
    int ignored =
        AuditQuery.read(
            database,
            connection -> {
              SqliteDriver.boundValues(connection, MOST_BYTES_OF_EVENT);
              return SqliteDriver.columns(connection, "security_events").isEmpty()
                  ? 0
                  : SqliteDriver.ask(
                      connection,
                      sql,
                      rows -> {
                        while (rows.next()) {
                          taker.accept(StoredEvent.of(rows));
                        }
                        return 0;
                      },
                      Timestamps.lowerBound(since));
            });
  }
}
