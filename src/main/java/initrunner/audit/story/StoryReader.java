package initrunner.audit.story;

import initrunner.audit.AuditQuery;
import initrunner.audit.SqliteDriver;
import initrunner.audit.story.RunStory.Called;
import initrunner.audit.story.RunStory.Ended;
import initrunner.audit.story.RunStory.Entry;
import initrunner.audit.story.RunStory.Noticed;
import initrunner.audit.story.RunStory.Prompt;
import initrunner.audit.story.RunStory.Resumed;
import initrunner.audit.story.RunStory.Said;
import initrunner.audit.story.RunStory.Transferred;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads all that is recorded of one run. Used once.
final class StoryReader {

  private static final String EVENTS =
      "SELECT "
          + StoredEvent.COLUMNS
          + " FROM (SELECT * FROM security_events WHERE "
          + AuditQuery.RUN_OF_EVENT
          + " = ? ORDER BY id DESC LIMIT ?) ORDER BY id";

  private static final String COUNT =
      "SELECT count(*) FROM security_events WHERE " + AuditQuery.RUN_OF_EVENT + " = ?";

  private static final String TEXTS = "SELECT user_prompt, output FROM audit_log WHERE id = ?";

  private static final String TIMELINE =
      """
      SELECT j.value ->> '$.type' AS type, j.value ->> '$.timestamp_unix_ms' AS millis,
        j.value ->> '$.tool_call_id' AS call, j.value ->> '$.content_preview' AS content
      FROM audit_log a, json_each(CASE WHEN json_valid(a.event_timeline_json)
        THEN a.event_timeline_json ELSE '[]' END) j WHERE a.id = ?\
      """;

  private record Moment(Instant time, String type, Optional<String> call, String content) {

    static Moment of(ResultSet row) throws SQLException {
      return new Moment(
          Instant.ofEpochMilli(row.getLong("millis")),
          RunRow.text(row, "type").orElse(""),
          RunRow.text(row, "call"),
          RunRow.text(row, "content").orElse(""));
    }
  }

  /// What a row has in front of decisions, in place of a prompt.
  private static final String RESUME = "(resume: ";

  private final Questions questions;
  private final String runId;

  /// What the model got of its calls, by its ids of them.
  private final Map<String, String> previews = new HashMap<>();

  private final List<Entry> entries = new ArrayList<>();

  StoryReader(Questions questions, String runId) {
    this.questions = questions;
    this.runId = runId;
  }

  /// @param mostEvents of more, the oldest are left out
  RunStory read(RunSummary summary, int mostEvents) throws SQLException {
    Connection connection = questions.connection();
    if (SqliteDriver.columns(connection, "audit_log").contains("trigger_metadata")) {
      for (RunRow row : RunRow.of(questions, runId)) {
        addRow(row);
      }
    }
    long left = 0;
    if (!SqliteDriver.columns(connection, "security_events").isEmpty()) {
      left =
          Math.max(0, questions.first(COUNT, row -> row.getLong(1), runId).orElse(0L) - mostEvents);
      addEvents(mostEvents);
    }
    entries.sort(Comparator.comparing(Entry::time));
    keepLastPreviews();
    return new RunStory(summary, entries, left);
  }

  private void addRow(RunRow row) throws SQLException {
    List<Moment> moments = questions.all(TIMELINE, Moment::of, row.id());
    for (Moment moment : moments) {
      switch (moment.type()) {
        case "tool_call" -> {}
        case "tool_result" -> moment.call().ifPresent(id -> previews.put(id, moment.content()));
        case "model_turn" -> {
          if (!moment.content().isBlank()) {
            entries.add(new Said(moment.time(), moment.content()));
          }
        }
        default -> entries.add(new Noticed(moment.time(), moment.type(), moment.content()));
      }
    }
    boolean isResumed = row.trigger().equals(RunRow.RESUME);
    int ignored =
        questions
            .first(
                TEXTS,
                texts -> {
                  String asked = RunRow.text(texts, "user_prompt").orElse("");
                  String answer = RunRow.text(texts, "output").orElse("");
                  entries.add(
                      isResumed
                          ? new Resumed(row.begin(), decisions(asked))
                          : new Prompt(row.begin(), asked));
                  entries.add(new Ended(end(row, moments), row.outcome(), answer));
                  return 0;
                },
                row.id())
            .orElse(0);
  }

  private static String decisions(String asked) {
    boolean isMarked = asked.startsWith(RESUME) && asked.endsWith(")");
    return isMarked ? asked.substring(RESUME.length(), asked.length() - 1) : asked;
  }

  /// The duration of a row is without the time that people took, and with that of earlier rows.
  private static Instant end(RunRow row, List<Moment> moments) {
    Instant byDuration = row.begin().plus(row.duration());
    Instant byMoments = moments.isEmpty() ? row.begin() : moments.getLast().time();
    boolean isFirst = !row.trigger().equals(RunRow.RESUME);
    return isFirst && byDuration.isAfter(byMoments) ? byDuration : byMoments;
  }

  private void addEvents(int most) throws SQLException {
    CallPairs pairs = new CallPairs();
    int ignored =
        questions.ask(
            EVENTS,
            rows -> {
              while (rows.next()) {
                add(StoredEvent.of(rows), pairs);
              }
              return 0;
            },
            runId,
            most);
    pairs.open().forEach(call -> entries.add(called(call)));
  }

  private void add(StoredEvent event, CallPairs pairs) {
    switch (event.type()) {
      case StoredEvent.TRANSFER -> entries.add(new Transferred(event.transfer()));
      case StoredEvent.BLOCKED ->
          entries.add(new Noticed(event.time(), event.type(), event.text("reason")));
      default -> pairs.next(event).ifPresent(call -> entries.add(called(call)));
    }
  }

  private Called called(StoredCall call) {
    return new Called(
        call, call.what().requestId().flatMap(id -> Optional.ofNullable(previews.get(id))));
  }

  /// One call of the model may be several in the record, each in another sandbox, and has one
  /// answer.
  private void keepLastPreviews() {
    Set<String> told = new HashSet<>();
    for (int i = entries.size() - 1; i >= 0; i--) {
      if (entries.get(i) instanceof Called(StoredCall call, Optional<String> preview)
          && preview.isPresent()
          && !told.add(call.what().requestId().orElseThrow())) {
        entries.set(i, new Called(call, Optional.empty()));
      }
    }
  }
}
