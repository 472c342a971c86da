package initrunner.audit.story;

import initrunner.audit.AuditQuery;
import initrunner.audit.SqliteDriver;
import initrunner.audit.story.RunSummary.Asker;
import initrunner.audit.story.RunSummary.Calls;
import initrunner.audit.story.RunSummary.Place;
import initrunner.audit.story.RunSummary.Spent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Sums runs up, one at a time; SQLite counts their events. For one connection.
final class Summaries {

  /// Doors behind which an agent of ours runs, which leaves a row at its end.
  private static final Set<String> OF_AGENTS = Set.of("run", "acp", "resume");

  private static final String OF_RUN =
      " FROM security_events WHERE " + AuditQuery.RUN_OF_EVENT + " = ?";

  private static final String IS_CALL = " AND instr(details, ' tool=facts ') = 0";

  /// A terminal that is open ends with its run, a forwarded port when its person closes it.
  private static final String IS_NOT_CLOSED =
      " AND NOT ((instr(details || ' ', ' function=open_terminal ') > 0"
          + " OR instr(details || ' ', ' door=forward ') > 0)"
          + " AND instr(details || ' ', ' stop=stopped ') > 0)";

  private static final String CALL = "substr(details, instr(details, ' call='), 22)";

  private static final String COUNT =
      "SELECT count(*) FILTER (WHERE event_type = 'sandbox.exec'"
          + IS_CALL
          + ") AS ended, count(*) FILTER (WHERE event_type = 'sandbox.exec'"
          + IS_CALL
          + " AND instr(details || ' ', ' rc=0 ') = 0"
          + IS_NOT_CLOSED
          + ") AS failed,"
          + " count(DISTINCT CASE WHEN event_type IN ('sandbox.start', 'sandbox.exec') THEN "
          + CALL
          + " END) - count(DISTINCT CASE WHEN event_type = 'sandbox.exec' THEN "
          + CALL
          + " END) AS open, min("
          + StoredEvent.BEGIN
          + ") AS first, max(timestamp) AS last, min(id) AS first_id,"
          + " max(id) FILTER (WHERE event_type LIKE 'sandbox.%') AS last_id,"
          + " max(id) FILTER (WHERE event_type = 'sandbox.exec' OR event_type = 'sandbox.transfer')"
          + " AS last_end_id"
          + OF_RUN;

  private static final String EVENT =
      "SELECT " + StoredEvent.COLUMNS + " FROM security_events WHERE id = ?";

  /// One event for each place, that of the first call first; what was moved comes once each.
  private static final String PLACES =
      "SELECT "
          + StoredEvent.COLUMNS
          + ", min(id) AS first"
          + OF_RUN
          + " AND event_type LIKE 'sandbox.%' GROUP BY"
          + " substr(details, 1, instr(details || ' argv0=', ' argv0=')) ORDER BY first";

  /// @param lastEvent the first one where the run has no other
  /// @param lastEndId zero where the run has none
  private record Counted(
      Calls calls,
      Optional<Instant> first,
      Instant last,
      Optional<StoredEvent> lastEvent,
      long lastEndId) {}

  private final Questions questions;
  private final boolean hasEvents;
  private final boolean hasRows;

  Summaries(Questions questions) throws SQLException {
    Connection connection = questions.connection();
    this.questions = questions;
    this.hasEvents = !SqliteDriver.columns(connection, "security_events").isEmpty();
    this.hasRows = SqliteDriver.columns(connection, "audit_log").contains("trigger_metadata");
  }

  /// Empty where the log has nothing of this run.
  Optional<RunSummary> of(String runId) throws SQLException {
    Counted counted = hasEvents ? counted(runId) : nothing();
    List<RunRow> rows = hasRows ? RunRow.of(questions, runId) : List.of();
    if (rows.isEmpty()) {
      return counted.lastEvent().isEmpty()
          ? Optional.empty()
          : Optional.of(ofEvents(runId, counted, counted.lastEvent().get()));
    }
    return Optional.of(ofRows(runId, counted, rows));
  }

  private static Counted nothing() {
    return new Counted(new Calls(0, 0, 0), Optional.empty(), Instant.EPOCH, Optional.empty(), 0);
  }

  private Counted counted(String runId) throws SQLException {
    return questions
        .first(
            COUNT,
            row -> {
              long open = row.getLong("open");
              // The question for facts comes first, and names less of who asks.
              long last = row.getLong("last_id");
              return new Counted(
                  new Calls(row.getLong("ended") + open, row.getLong("failed"), open),
                  Optional.ofNullable(row.getString("first")).map(StoredEvent::instant),
                  StoredEvent.instant(row.getString("last")),
                  event(last == 0 ? row.getLong("first_id") : last),
                  row.getLong("last_end_id"));
            },
            runId)
        .orElseGet(Summaries::nothing);
  }

  private Optional<StoredEvent> event(long id) throws SQLException {
    return id == 0 ? Optional.empty() : questions.first(EVENT, StoredEvent::of, id);
  }

  private List<Place> places(String runId) throws SQLException {
    return hasEvents
        ? questions.all(PLACES, StoredEvent::of, runId).stream()
            .map(StoredEvent::place)
            .filter(place -> !place.backend().isEmpty())
            .distinct()
            .toList()
        : List.of();
  }

  private RunSummary ofRows(String runId, Counted counted, List<RunRow> rows) throws SQLException {
    RunRow first = rows.getFirst();
    RunRow last = rows.getLast();
    Optional<StoredEvent> event = counted.lastEvent();
    Calls calls = counted.calls();
    List<Place> places = places(runId);
    Instant begin =
        counted.first().filter(each -> each.isBefore(first.begin())).orElse(first.begin());
    return new RunSummary(
        runId,
        begin,
        new Asker(first.door(), event.flatMap(each -> each.field("client"))),
        last.agent(),
        places.isEmpty() ? last.place().stream().toList() : places,
        last.outcome(),
        calls.made() == 0 ? new Calls(last.toolCalls(), 0, 0) : calls,
        last.spent(),
        duration(begin, counted, rows));
  }

  /// A row's duration leaves out what comes after the model: the workspace on its way back. That of
  /// a resumed run leaves out the days that it waited.
  private static Duration duration(Instant begin, Counted counted, List<RunRow> rows) {
    Duration recorded = rows.getLast().duration();
    if (rows.size() > 1 || counted.first().isEmpty()) {
      return recorded;
    }
    Duration seen = Duration.between(begin, counted.last());
    return seen.compareTo(recorded) > 0 ? seen : recorded;
  }

  private RunSummary ofEvents(String runId, Counted counted, StoredEvent last) throws SQLException {
    Asker asker = last.type().equals(StoredEvent.TRANSFER) ? last.transfer().asker() : last.asker();
    return new RunSummary(
        runId,
        counted.first().orElse(last.time()),
        asker,
        last.agent(),
        places(runId),
        outcome(asker, counted),
        counted.calls(),
        Spent.NOTHING,
        Duration.between(counted.first().orElse(last.time()), counted.last()));
  }

  private Outcome outcome(Asker asker, Counted counted) throws SQLException {
    Calls calls = counted.calls();
    if (OF_AGENTS.contains(asker.door())) {
      return new Outcome(Outcome.Kind.UNFINISHED, "no end is recorded");
    }
    if (calls.open() > 0) {
      return new Outcome(
          Outcome.Kind.UNFINISHED,
          calls.made() == 1
              ? "no end is recorded"
              : "of " + calls.open() + " of " + calls.made() + " calls no end is recorded");
    }
    if (calls.made() == 0) {
      return lastEnd(counted)
          .filter(end -> end.type().equals(StoredEvent.TRANSFER))
          .map(end -> ofTransfer(end.transfer()))
          .orElse(new Outcome(Outcome.Kind.SUCCEEDED, "no call"));
    }
    Outcome.Kind kind = calls.failed() == 0 ? Outcome.Kind.SUCCEEDED : Outcome.Kind.FAILED;
    Optional<StoredEvent> only = calls.made() == 1 ? lastEnd(counted) : Optional.empty();
    if (only.isPresent()) {
      StoredEvent end = only.get();
      return end.type().equals(StoredEvent.EXEC)
          ? new Outcome(kind, CallText.end(end.call(end.begin())))
          : new Outcome(kind, kind == Outcome.Kind.SUCCEEDED ? "ok" : "1 call failed");
    }
    return new Outcome(
        kind,
        calls.failed() == 0
            ? "all calls ok"
            : calls.failed() + " of " + calls.made() + " calls failed");
  }

  private Optional<StoredEvent> lastEnd(Counted counted) throws SQLException {
    Optional<StoredEvent> last =
        counted.lastEvent().filter(each -> each.id() == counted.lastEndId());
    return last.isPresent() ? last : event(counted.lastEndId());
  }

  private static Outcome ofTransfer(StoredTransfer transfer) {
    boolean isComplete = transfer.ended().equals("complete");
    return new Outcome(
        isComplete ? Outcome.Kind.SUCCEEDED : Outcome.Kind.FAILED,
        transfer.ended() + transfer.reason().map(why -> " (" + why + ")").orElse(""));
  }
}
