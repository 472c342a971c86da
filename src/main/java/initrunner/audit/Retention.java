package initrunner.audit;

import initrunner.text.SafeText;
import initrunner.text.Timestamps;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// How long records are kept: by age, and by number. Immutable.
///
/// Age is counted from the newest record, never from the clock alone. A long time without records
/// counts as a few days only, because a clock that jumped looks the same.
///
/// @param maxAge older records are deleted
/// @param maxRecords only so many stay, the newest
public record Retention(Duration maxAge, int maxRecords) {

  /// The variable that says how many days a record is kept.
  public static final String DAYS_VARIABLE = "INITRUNNER_AUDIT_RETENTION_DAYS";

  /// The variable that says how many events, and as many runs, are kept.
  public static final String RECORDS_VARIABLE = "INITRUNNER_AUDIT_MAX_RECORDS";

  public static final Retention DEFAULT = new Retention(Duration.ofDays(90), 100_000);

  /// So many more may stay for a while, because a search for the oldest one to keep reads all of
  /// them.
  static final int SLACK = 1000;

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
        (SELECT id - 1 FROM TABLE NOT INDEXED WHERE timestamp >= ? ORDER BY id LIMIT 1),
        (SELECT max(id) FROM TABLE))\
      """;

  private static final String LAST_SURPLUS =
      "SELECT id FROM TABLE ORDER BY id DESC LIMIT 1 OFFSET ?";

  private static final String FIRST_SINCE =
      "SELECT min(timestamp) FROM TABLE WHERE timestamp >= ? AND timestamp < ?";

  private static final String LAST_BEFORE = "SELECT max(timestamp) FROM TABLE WHERE timestamp < ?";

  /// Checks the bounds.
  ///
  /// @throws IllegalArgumentException for less than a day, or no record
  public Retention {
    if (maxAge.compareTo(Duration.ofDays(1)) < 0 || maxRecords < 1) {
      throw new IllegalArgumentException(maxAge + ", " + maxRecords + ": allowed is 1 or more");
    }
  }

  /// What this environment says, else [#DEFAULT].
  ///
  /// @throws AuditException for a variable that is no such number
  public static Retention of(Map<String, String> environment) {
    return new Retention(
        Duration.ofDays(
            number(environment, DAYS_VARIABLE, 36_500, Math.toIntExact(DEFAULT.maxAge.toDays()))),
        number(environment, RECORDS_VARIABLE, 100_000_000, DEFAULT.maxRecords));
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
    Optional<Table> table = Table.of(connection, chain);
    if (table.isEmpty()) {
      return Optional.empty();
    }
    Optional<Instant> newest = Timestamps.parse(table.get().newest());
    Optional<Instant> oldest = Timestamps.parse(table.get().oldest());
    boolean mayBeOld =
        newest.isPresent()
            && oldest.isPresent()
            && oldest.get().isBefore(newest.get().minus(maxAge).minus(PATIENCE));
    Optional<Instant> oldestToKeep =
        mayBeOld ? oldestToKeep(table.get(), newest.get()) : Optional.empty();
    return last(
        table.get(),
        oldestToKeep.filter(time -> oldest.get().isBefore(time.minus(PATIENCE))),
        SLACK);
  }

  /// The last record of a table that is deleted when a person asks for it. Age is counted from the
  /// newest record, or from the clock if that is behind.
  Optional<Long> lastDueNow(Connection connection, Chain chain, Instant now) throws SQLException {
    Optional<Table> table = Table.of(connection, chain);
    if (table.isEmpty()) {
      return Optional.empty();
    }
    Optional<Instant> oldestToKeep =
        Timestamps.parse(table.get().newest())
            .map(newest -> (newest.isBefore(now) ? newest : now).minus(maxAge));
    return last(table.get(), oldestToKeep, 0);
  }

  private Optional<Long> last(Table table, Optional<Instant> oldestToKeep, int slack)
      throws SQLException {
    long last = Long.MIN_VALUE;
    Optional<String> least = oldestToKeep.map(Timestamps::lowerBound);
    if (least.isPresent() && table.oldest().compareTo(least.get()) < 0) {
      last = table.number(LAST_OLD, least.get());
    }
    if (table.lastId() - table.firstId() >= (long) maxRecords + slack) {
      last = Math.max(last, table.number(LAST_SURPLUS, maxRecords));
    }
    return Optional.of(last).filter(id -> id >= table.firstId());
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

    Optional<String> text(String sql, Object... parameters) throws SQLException {
      return SqliteDriver.ask(
          connection,
          sql.replace("TABLE", name),
          row -> row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty(),
          parameters);
    }

    long number(String sql, Object parameter) throws SQLException {
      return text(sql, parameter).map(Long::parseLong).orElse(Long.MIN_VALUE);
    }
  }
}
