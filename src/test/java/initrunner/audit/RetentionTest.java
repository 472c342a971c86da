package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.text.Timestamps;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {

  private static final Instant NOW = Instant.parse("2026-06-30T12:00:00Z");
  private static final Retention DAYS_90 = new Retention(Duration.ofDays(90), 100_000);

  @TempDir private Path directory;
  private Path database;

  @BeforeEach
  void makeDatabase() {
    database = directory.resolve("audit.db");
    AuditStore.open(database).close();
  }

  @Test
  void ofAnEmptyRecordNothingIsDue() throws Exception {
    assertThat(due(DAYS_90)).isEmpty();
    assertThat(dueNow(DAYS_90, NOW)).isEmpty();
  }

  @Test
  void whatIsOlderThanTheNewestByTheAgeIsDueOnceThatIsADayOver() throws Exception {
    // One each day; the first is 91 days older than the last.
    insertDaily(91);
    assertThat(due(DAYS_90)).isEmpty();
    assertThat(dueNow(DAYS_90, NOW.plus(Duration.ofDays(365)))).contains(1L);
    insert(NOW.plusSeconds(1), 1);
    assertThat(due(DAYS_90)).contains(2L);
  }

  @Test
  void aClockThatJumpsAheadMakesNothingDue() throws Exception {
    for (int records : new int[] {1, 1, 500}) {
      insert(NOW, 6);
      insert(NOW.plus(Duration.ofDays(91)), records);
      assertThat(due(DAYS_90)).isEmpty();
    }
    insert(NOW.plus(Duration.ofDays(40_000)), 1);
    assertThat(due(DAYS_90)).isEmpty();
    assertThat(due(new Retention(Duration.ofDays(1), 100_000))).isNotEqualTo(last());
  }

  @Test
  void aTimeWithoutRecordsCountsAsOneStepOfAWeek() throws Exception {
    insert(NOW.minus(Duration.ofDays(300)), 2);
    for (int step = 13; step >= 1; step--) {
      assertThat(due(DAYS_90)).isEmpty();
      insert(NOW.minus(Duration.ofDays(step * 20L)), 1);
    }
    insert(NOW, 1);
    assertThat(due(DAYS_90)).contains(3L);
  }

  @Test
  void whatAPersonAsksForIsCountedFromTheNewestRecordOrFromAClockBehindIt() throws Exception {
    insert(NOW.minus(Duration.ofDays(100)), 3);
    insert(NOW, 1);
    assertThat(dueNow(DAYS_90, NOW)).contains(3L);
    assertThat(dueNow(DAYS_90, NOW.plus(Duration.ofDays(1000)))).contains(3L);
    assertThat(dueNow(DAYS_90, NOW.minus(Duration.ofDays(20)))).isEmpty();
  }

  @Test
  void aboveTheNumberAndTheSlackOnlyTheNewestStay() throws Exception {
    Retention ten = new Retention(Duration.ofDays(90), 10);
    insert(NOW, 10 + Retention.SLACK);
    assertThat(due(ten)).isEmpty();
    assertThat(dueNow(ten, NOW)).contains((long) Retention.SLACK);
    insert(NOW, 1);
    assertThat(due(ten)).contains(Retention.SLACK + 1L);
  }

  @Test
  void timesThatCannotBeReadMakeNothingDue() throws Exception {
    insertDaily(120);
    for (String time : new String[] {"", "zzz", "2026-13-99", "9999999"}) {
      insert(time, 1);
      assertThat(due(DAYS_90)).isEmpty();
    }
  }

  @Test
  void theEnvironmentMaySayOtherwise() {
    assertThat(
            Retention.of(
                Map.of(Retention.DAYS_VARIABLE, "7", Retention.RECORDS_VARIABLE, "500000")))
        .isEqualTo(new Retention(Duration.ofDays(7), 500_000));
    assertThat(Retention.of(Map.of(Retention.DAYS_VARIABLE, ""))).isEqualTo(Retention.DEFAULT);
    assertThat(
            Retention.of(Map.of(Retention.DAYS_VARIABLE, "36500", Retention.RECORDS_VARIABLE, "1")))
        .isEqualTo(new Retention(Duration.ofDays(36_500), 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "7d", "99999999999", " 7", "36501"})
  void aNumberOfDaysThatIsNoneIsNamed(String days) {
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(() -> Retention.of(Map.of(Retention.DAYS_VARIABLE, days)))
        .withMessageContaining(Retention.DAYS_VARIABLE + " is '" + days + "'; allowed is");
  }

  private Optional<Long> due(Retention retention) throws SQLException {
    try (Connection connection = SqliteDriver.openToRead(database)) {
      return retention.lastDue(connection, Chain.EVENTS);
    }
  }

  private Optional<Long> dueNow(Retention retention, Instant now) throws SQLException {
    try (Connection connection = SqliteDriver.openToRead(database)) {
      return retention.lastDueNow(connection, Chain.EVENTS, now);
    }
  }

  private Optional<Long> last() throws SQLException {
    try (Connection connection = SqliteDriver.openToRead(database)) {
      return Optional.of(CurrentEnds.newestId(connection, Chain.EVENTS));
    }
  }

  private void insertDaily(int days) throws SQLException {
    insert(
        IntStream.rangeClosed(0, days)
            .mapToObj(day -> Timestamps.format(NOW.minus(Duration.ofDays(days - day))))
            .toList());
  }

  private void insert(Instant time, int count) throws SQLException {
    insert(Timestamps.format(time), count);
  }

  private void insert(String time, int count) throws SQLException {
    insert(Collections.nCopies(count, time));
  }

  private void insert(List<String> times) throws SQLException {
    try (Connection connection = SqliteDriver.openToWrite(database);
        PreparedStatement statement =
            connection.prepareStatement(
                """
                INSERT INTO security_events (timestamp, event_type, agent_name, details)
                  VALUES (?, 't', 'a', '')\
                """)) {
      connection.setAutoCommit(false);
      for (String time : times) {
        statement.setString(1, time);
        statement.executeUpdate();
      }
      connection.commit();
    }
  }
}
