package initrunner.audit;

import initrunner.text.JsonText;
import initrunner.text.SafeText;
import initrunner.text.Timestamps;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How long records are kept: by age, and by number. Immutable.
///
/// Age is counted from the newest record, never from the clock alone. A long time without records
/// counts as a few days only, because a clock that jumped looks the same.
///
/// A role may say otherwise of its own agent's records ([OfRole]). Records go from the oldest on:
/// the first one that stays keeps all that are younger.
///
/// @param maxAge older records are deleted
/// @param maxRecords only so many stay, the newest
/// @param reach whose records it is about
public record Retention(Duration maxAge, int maxRecords, Reach reach) {

  /// Whose records it is about.
  public enum Reach {
    /// Every agent's.
    ALL,
    /// Those of agents whose roles say nothing.
    WHERE_NO_ROLE_SAYS
  }

  /// The variable that says how many days a record is kept.
  public static final String DAYS_VARIABLE = "INITRUNNER_AUDIT_RETENTION_DAYS";

  /// The variable that says how many events, and as many runs, are kept.
  public static final String RECORDS_VARIABLE = "INITRUNNER_AUDIT_MAX_RECORDS";

  /// No age or number is larger.
  public static final int MOST_DAYS = 36_500;

  public static final int MOST_RECORDS = 100_000_000;

  public static final Retention DEFAULT =
      new Retention(Duration.ofDays(90), 100_000, Reach.WHERE_NO_ROLE_SAYS);

  /// So many more may stay for a while, because a search for the oldest one to keep reads all of
  /// them.
  static final int SLACK = 1000;

  /// Of an agent's records, a tenth of their number may stay above it, at least this many, and at
  /// most [#SLACK]: each pruning verifies the whole audit log and leaves a note for good.
  static final int LEAST_SLACK_OF_AGENT = 100;

  private static final int SLACK_DIVISOR_OF_AGENT = 10;

  /// A day more may pass, so that each pruning takes more than a record or two.
  private static final Duration PATIENCE = Duration.ofDays(1);

  private static final Duration MOST_STEP = Duration.ofDays(7);

  /// More are needed only where timestamps are in no order.
  private static final int MOST_STEPS = 1000;

  private static final String ENDS =
      "SELECT min(timestamp), max(timestamp), min(id), max(id) FROM TABLE";

  /// Only the oldest records are deleted, up to the first one to keep: if any other is missing,
  /// something else deleted it.
  private static final String LAST_OLD =
      """
      SELECT coalesce(
        (SELECT id - 1 FROM TABLE NOT INDEXED WHERE timestamp >= ?2 AND agent_name = coalesce(?1, agent_name)
          ORDER BY id LIMIT 1),
        (SELECT max(id) FROM TABLE))\
      """;

  private static final String LAST_SURPLUS =
      "SELECT id FROM TABLE ORDER BY id DESC LIMIT 1 OFFSET ?";

  private static final String LAST_SURPLUS_OF_AGENT =
      "SELECT id FROM TABLE WHERE agent_name = ? ORDER BY id DESC LIMIT 1 OFFSET ?";

  private static final String FIRST_AFTER_OF_AGENT =
      "SELECT min(id) FROM TABLE WHERE agent_name = ? AND id > ?";

  private static final String FIRST_AFTER_OF_OTHERS =
      """
      SELECT id FROM TABLE NOT INDEXED
      WHERE id > ? AND agent_name NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT 1\
      """;

  private static final String FIRST_SINCE =
      "SELECT min(timestamp) FROM TABLE WHERE timestamp >= ? AND timestamp < ?";

  private static final String LAST_BEFORE = "SELECT max(timestamp) FROM TABLE WHERE timestamp < ?";

  /// Of every agent's records.
  public Retention(Duration maxAge, int maxRecords) {
    this(maxAge, maxRecords, Reach.ALL);
  }

  /// Checks the bounds.
  ///
  /// @throws IllegalArgumentException for less than a day, or no record
  public Retention {
    if (maxAge.compareTo(Duration.ofDays(1)) < 0 || maxRecords < 1) {
      throw new IllegalArgumentException(maxAge + ", " + maxRecords + ": allowed is 1 or more");
    }
  }

  /// What this environment says, of every agent's records; else [#DEFAULT].
  ///
  /// @throws AuditException for a variable that is no such number
  public static Retention of(Map<String, String> environment) {
    boolean isGiven =
        Stream.of(DAYS_VARIABLE, RECORDS_VARIABLE)
            .anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
    int days = number(environment, DAYS_VARIABLE, MOST_DAYS, 90);
    int records = number(environment, RECORDS_VARIABLE, MOST_RECORDS, DEFAULT.maxRecords);
    return isGiven ? new Retention(Duration.ofDays(days), records) : DEFAULT;
  }

  private static int number(Map<String, String> environment, String name, int most, int usual) {
    String text = environment.getOrDefault(name, "");
    if (text.isEmpty()) {
      return usual;
    }
    int number = text.matches("0*[1-9][0-9]{0,8}") ? Integer.parseInt(text) : 0;
    if (number < 1 || number > most) {
      throw new AuditException.VariableInvalid(
          name + " is '" + SafeText.exact(text) + "'; allowed is a whole number from 1 to " + most,
          "Correct it, or unset it: then " + usual + " holds");
    }
    return number;
  }

  /// The last record of a table that is deleted when no person asks for it.
  Optional<Long> lastDue(Connection connection, Chain chain) throws SQLException {
    return lastDue(connection, chain, Optional.empty());
  }

  /// The last record of a table that is deleted when a person asks for it. Age is counted from the
  /// newest record, or from the clock if that is behind.
  Optional<Long> lastDueNow(Connection connection, Chain chain, Instant now) throws SQLException {
    return lastDue(connection, chain, Optional.of(now));
  }

  private Optional<Long> lastDue(Connection connection, Chain chain, Optional<Instant> asked)
      throws SQLException {
    Optional<Table> table = Table.of(connection, chain);
    if (table.isEmpty()) {
      return Optional.empty();
    }
    long last = last(table.get(), asked, Optional.empty());
    Map<String, OfRole> roles = reach == Reach.ALL ? Map.of() : OfRole.noted(connection);
    if (!roles.isEmpty()) {
      last = lastWithRoles(table.get(), asked, last, roles);
    }
    return Optional.of(last).filter(id -> id >= table.get().firstId());
  }

  /// The one before the first that stays.
  ///
  /// @param last what is due of agents whose roles say nothing
  private long lastWithRoles(
      Table table, Optional<Instant> asked, long last, Map<String, OfRole> roles)
      throws SQLException {
    long first =
        table
            .id(FIRST_AFTER_OF_OTHERS, last, JsonText.line(List.copyOf(roles.keySet())))
            .orElse(table.lastId() + 1);
    for (OfRole role : roles.values()) {
      Optional<String> agent = Optional.of(role.agent());
      long ownLast = role.over(this).last(table, asked, agent);
      first =
          Math.min(
              first, table.id(FIRST_AFTER_OF_AGENT, role.agent(), ownLast).orElse(Long.MAX_VALUE));
    }
    return first - 1;
  }

  /// @param asked when a person asks for it
  /// @param agent whose records; empty for all
  private long last(Table table, Optional<Instant> asked, Optional<String> agent)
      throws SQLException {
    long last = Long.MIN_VALUE;
    Optional<String> least =
        (asked.isPresent() ? oldestToKeepNow(table, asked.get()) : oldestToKeepByItself(table))
            .map(Timestamps::lowerBound);
    if (least.isPresent() && table.oldest().compareTo(least.get()) < 0) {
      last = table.id(LAST_OLD, agent.orElse(null), least.get()).orElse(last);
    }
    int slack = asked.isPresent() ? 0 : agent.isPresent() ? slackOfAgent() : SLACK;
    if (table.lastId() - table.firstId() < (long) maxRecords + slack) {
      return last;
    }
    Optional<Long> surplus =
        agent.isEmpty()
            ? table.id(LAST_SURPLUS, maxRecords)
            : table.id(LAST_SURPLUS_OF_AGENT, agent.get(), maxRecords + slack).isEmpty()
                ? Optional.empty()
                : table.id(LAST_SURPLUS_OF_AGENT, agent.get(), maxRecords);
    return Math.max(last, surplus.orElse(last));
  }

  private int slackOfAgent() {
    return Math.clamp(maxRecords / SLACK_DIVISOR_OF_AGENT, LEAST_SLACK_OF_AGENT, SLACK);
  }

  private Optional<Instant> oldestToKeepNow(Table table, Instant now) {
    return Timestamps.parse(table.newest())
        .map(newest -> (newest.isBefore(now) ? newest : now).minus(maxAge));
  }

  private Optional<Instant> oldestToKeepByItself(Table table) throws SQLException {
    Optional<Instant> newest = Timestamps.parse(table.newest());
    Optional<Instant> oldest = Timestamps.parse(table.oldest());
    boolean mayBeOld =
        newest.isPresent()
            && oldest.isPresent()
            && oldest.get().isBefore(newest.get().minus(maxAge).minus(PATIENCE));
    Optional<Instant> oldestToKeep =
        mayBeOld ? oldestToKeep(table, newest.get()) : Optional.empty();
    return oldestToKeep.filter(time -> oldest.get().isBefore(time.minus(PATIENCE)));
  }

  /// The time of the oldest record that is young enough; empty where all are. Goes back from the
  /// newest record in steps, each from a record to another.
  private Optional<Instant> oldestToKeep(Table table, Instant newest) throws SQLException {
    Duration half = maxAge.dividedBy(2);
    Duration step = half.compareTo(MOST_STEP) < 0 ? half : MOST_STEP;
    Duration left = maxAge;
    String at = table.newest();
    Instant time = newest;
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      Optional<String> next = table.text(FIRST_SINCE, Timestamps.lowerBound(time.minus(step)), at);
      boolean isGap = next.isEmpty();
      if (isGap) {
        next = table.text(LAST_BEFORE, at);
      }
      Optional<Instant> nextTime = next.flatMap(Timestamps::parse);
      if (nextTime.isEmpty()) {
        return Optional.empty();
      }
      Duration age = isGap ? step : Duration.between(nextTime.get(), time);
      if (age.compareTo(left) >= 0) {
        return Optional.of(isGap ? time : time.minus(left));
      }
      left = age.isNegative() ? left : left.minus(age);
      at = next.get();
      time = nextTime.get();
    }
    return Optional.empty();
  }

  /// A table that is not empty.
  private record Table(
      Connection connection, String name, String oldest, String newest, long firstId, long lastId) {

    static Optional<Table> of(Connection connection, Chain chain) throws SQLException {
      return SqliteDriver.ask(
          connection,
          ENDS.replace("TABLE", chain.table()),
          row ->
              row.next()
                      && row.getObject(1) instanceof String oldest
                      && row.getObject(2) instanceof String newest
                  ? Optional.of(
                      new Table(
                          connection,
                          chain.table(),
                          oldest,
                          newest,
                          row.getLong(3),
                          row.getLong(4)))
                  : Optional.empty());
    }

    Optional<String> text(String sql, @Nullable Object... parameters) throws SQLException {
      return SqliteDriver.ask(
          connection,
          sql.replace("TABLE", name),
          row -> row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty(),
          parameters);
    }

    Optional<Long> id(String sql, @Nullable Object... parameters) throws SQLException {
      return text(sql, parameters).map(Long::parseLong);
    }
  }

  /// How long a role wants the records of its agent to be kept. A signed note in the audit log says
  /// it, so that processes of other roles, which share the audit log, know it too. Immutable.
  ///
  /// @param agent whose records
  /// @param days for how long; empty for as long as others
  /// @param records how many; empty for as many as others
  public record OfRole(String agent, Optional<Integer> days, Optional<Integer> records) {

    private static final String TYPE = "retention";
    private static final String AGENT = "agent";
    private static final String DAYS = "retention_days";
    private static final String RECORDS = "max_records";

    private static final String NOTES =
        "SELECT details FROM audit_notes WHERE type = '" + TYPE + "' ORDER BY id";

    /// Whether it is the same as of a role that says nothing.
    boolean isUsual() {
      return days.isEmpty() && records.isEmpty();
    }

    /// With what holds for other records where this says nothing.
    public Retention over(Retention usual) {
      return new Retention(
          days.map(Duration::ofDays).orElse(usual.maxAge()), records.orElse(usual.maxRecords()));
    }

    /// The note that says it.
    SortedMap<String, Optional<Object>> fields(Instant now) {
      SequencedMap<String, String> details = new LinkedHashMap<>();
      details.put(AGENT, agent);
      days.ifPresent(number -> details.put(DAYS, Integer.toString(number)));
      records.ifPresent(number -> details.put(RECORDS, Integer.toString(number)));
      return new TreeMap<>(
          Map.of(
              "timestamp", Optional.of(Timestamps.format(now)),
              "type", Optional.of(TYPE),
              "details", Optional.of(DetailsText.format(details))));
    }

    /// What the newest note about each agent says, without those that say nothing.
    ///
    /// @throws SQLException also for a note that is none of this program's
    static SequencedMap<String, OfRole> noted(Connection connection) throws SQLException {
      SequencedMap<String, OfRole> noted = new LinkedHashMap<>();
      for (String details : SqliteDriver.all(connection, NOTES, row -> row.getString(1))) {
        OfRole each = parse(details);
        noted.remove(each.agent());
        if (!each.isUsual()) {
          noted.put(each.agent(), each);
        }
      }
      return noted;
    }

    private static OfRole parse(String details) throws SQLException {
      try {
        SequencedMap<String, String> fields = DetailsText.parse(details);
        return new OfRole(
            fields.getOrDefault(AGENT, ""), number(fields, DAYS), number(fields, RECORDS));
      } catch (IllegalArgumentException e) {
        throw new SQLException("a note of " + TYPE + " is not as it was recorded", e);
      }
    }

    private static Optional<Integer> number(Map<String, String> fields, String key) {
      return Optional.ofNullable(fields.get(key)).map(Integer::parseInt).filter(one -> one > 0);
    }
  }
}
