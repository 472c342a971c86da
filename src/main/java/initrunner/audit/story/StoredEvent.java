package initrunner.audit.story;

import initrunner.audit.AuditEvent;
import initrunner.audit.story.RunSummary.Asker;
import initrunner.audit.story.RunSummary.Place;
import initrunner.text.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A row of the table of events, and the fields of its details. Other programs may have written it:
/// what is missing or wrong reads as empty, zero or the year 1970. Immutable.
record StoredEvent(long id, Instant time, String type, String agent, Map<String, String> details) {

  static final String COLUMNS = "id, timestamp, event_type, agent_name, details";

  static final String START = "sandbox.start";
  static final String EXEC = "sandbox.exec";
  static final String TRANSFER = "sandbox.transfer";
  static final String BLOCKED = "content.blocked";

  /// When it began, in SQL: a transfer has one row, at its end.
  static final String BEGIN =
      "CASE WHEN event_type = 'sandbox.transfer' AND instr(details, ' duration_ms=') > 0 THEN"
          + " coalesce(strftime('%Y-%m-%dT%H:%M:%f000+00:00', timestamp, '-' ||"
          + " (CAST(substr(details, instr(details, ' duration_ms=') + 13) AS INTEGER) / 1000.0) ||"
          + " ' seconds'), timestamp) ELSE timestamp END";

  private static final String UNKNOWN_DOOR = "?";

  static StoredEvent of(ResultSet row) throws SQLException {
    return new StoredEvent(
        row.getLong("id"),
        instant(row.getString("timestamp")),
        String.valueOf(row.getString("event_type")),
        String.valueOf(row.getString("agent_name")),
        AuditEvent.parseDetails(Optional.ofNullable(row.getString("details")).orElse("")));
  }

  static Instant instant(@Nullable String text) {
    return Optional.ofNullable(text).flatMap(Timestamps::parse).orElse(Instant.EPOCH);
  }

  Optional<String> field(String name) {
    return Optional.ofNullable(details.get(name)).filter(value -> !value.isEmpty());
  }

  String text(String name) {
    return field(name).orElse("");
  }

  private Optional<Long> number(String name) {
    return field(name).filter(text -> text.matches("\\d{1,18}")).map(Long::parseLong);
  }

  String run() {
    return text("run");
  }

  private Duration duration() {
    return Duration.ofMillis(number("duration_ms").orElse(0L));
  }

  /// Records of earlier versions name no door, and that of a person's own command is `exec`.
  Asker asker() {
    boolean isCommand = field("tool").isEmpty() && field("argv0").isPresent();
    return new Asker(field("door").orElse(isCommand ? "exec" : UNKNOWN_DOOR), field("client"));
  }

  Place place() {
    return new Place(text("backend"), field("host"), field("sandbox"));
  }

  /// The call whose start or end this is.
  ///
  /// @param begin of the call
  StoredCall call(Instant begin) {
    return new StoredCall(
        id,
        run(),
        text("call"),
        begin,
        asker(),
        agent,
        place(),
        new StoredCall.What(
            text("argv0"),
            field("tool"),
            field("function"),
            field("request"),
            field(AuditEvent.ARGUMENTS)),
        type.equals(EXEC) ? Optional.of(end()) : Optional.empty(),
        decision());
  }

  /// Where no start is recorded, the call began so long before its end.
  Instant begin() {
    return type.equals(EXEC) ? time.minus(duration()) : time;
  }

  private StoredCall.End end() {
    Optional<Long> bytes =
        number("stdout_bytes").map(out -> out + number("stderr_bytes").orElse(0L));
    return new StoredCall.End(
        text("ended"),
        number("rc").map(Math::toIntExact).orElse(-1),
        duration(),
        field("stop"),
        field("signal").or(() -> field("reason")),
        new StoredCall.Output(bytes, field("output_begin"), field("output_end")));
  }

  private Optional<StoredCall.Decision> decision() {
    return field("decision")
        .map(word ->
            new StoredCall.Decision(
                word,
                text("decided_by"),
                text("decided_with"),
                field("decided_at").flatMap(Timestamps::parse)));
  }

  private String commandOfTransfer() {
    String direction = text("direction");
    return direction.equals("both") ? "sync" : direction;
  }

  StoredTransfer transfer() {
    return new StoredTransfer(
        id,
        run(),
        time,
        new Asker(field("door").orElseGet(this::commandOfTransfer), field("client")),
        agent,
        place(),
        text("direction"),
        text("root"),
        text("ended"),
        field("reason"),
        number("files"),
        number("bytes"),
        duration());
  }
}
