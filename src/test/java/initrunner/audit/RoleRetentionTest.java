package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `security.audit` of a role says about how long the records of its agent are kept.
class RoleRetentionTest {

  private static final Instant NOW = Instant.parse("2026-06-30T12:00:00Z");

  @TempDir private Path directory;
  private Path database;

  @BeforeEach
  void nameDatabase() {
    database = directory.resolve("audit.db");
  }

  @Test
  void anAgentsRecordsGoWhenItsRoleSays() throws Exception {
    daily("ann", 20);
    closeSaying(days("ann", 5));

    assertThat(ids()).first().isEqualTo(15L);
    assertThat(ids()).hasSize(6);
    assertHolds();
    assertThat(ChainCheck.report(database, ChainKey.beside(database)).prunings())
        .singleElement()
        .satisfies(note -> assertThat(note.records()).isEqualTo(14));
  }

  @Test
  void anAgentsRecordsAboveTheNumberOfItsRoleGo() throws Exception {
    Retention.OfRole twenty = new Retention.OfRole("ann", Optional.empty(), Optional.of(20));
    append("ann", NOW, 20 + Retention.LEAST_SLACK_OF_AGENT);
    closeSaying(twenty);
    assertThat(ids()).hasSize(20 + Retention.LEAST_SLACK_OF_AGENT);
    append("ann", NOW, 1);
    closeSaying(twenty);

    assertThat(ids()).hasSize(20).last().isEqualTo(21L + Retention.LEAST_SLACK_OF_AGENT);
    assertHolds();
  }

  @Test
  void theRecordsOfOtherAgentsStayAndKeepAllThatAreYounger() throws Exception {
    append("ann", NOW.minus(Duration.ofDays(20)), 2);
    append("ben", NOW.minus(Duration.ofDays(19)), 1);
    daily("ann", 18);
    closeSaying(days("ann", 5));

    assertThat(ids()).first().isEqualTo(3L);
    assertThat(ids()).hasSize(19);
    assertHolds();
  }

  @Test
  void aRoleThatSaysLongerIsObeyedByProcessesOfOtherRoles() throws Exception {
    daily("ann", 80);
    closeSaying(days("ann", 365));
    append("ann", NOW.plus(Duration.ofDays(6)), 1);
    IntStream.range(1, 10).forEach(week -> append("ben", NOW.plus(Duration.ofDays(7L * week)), 1));
    closeSaying(days("ben", 30));

    assertThat(ids()).first().isEqualTo(1L);
    closeSaying(new Retention.OfRole("ann", Optional.empty(), Optional.empty()));
    assertThat(ids()).first().isNotEqualTo(1L);
    assertHolds();
  }

  @Test
  void whatWasSaidIsNotedOnceAndAgainWhereItChanges() throws Exception {
    for (int days : new int[] {30, 30, 31, 31}) {
      closeSaying(days("ann", days));
    }
    assertThat(notes())
        .containsExactly("agent=ann retention_days=30", "agent=ann retention_days=31");
    closeSaying(new Retention.OfRole("ben", Optional.empty(), Optional.empty()));
    assertThat(notes()).hasSize(2);
    assertHolds();
  }

  @Test
  void whatTheEnvironmentSaysHoldsForAll() throws Exception {
    daily("ann", 20);
    Retention all = new Retention(Duration.ofDays(90), 1000);
    try (AuditStore store = AuditStore.open(database, ChainKey.beside(database), all)) {
      store.keep(days("ann", 5));
    }
    assertThat(ids()).hasSize(20);
    assertThat(notes()).isEmpty();
    closeSaying(days("ann", 365));
    try (AuditStore store = AuditStore.open(database, ChainKey.beside(database), all)) {
      assertThat(store.saidByRoles()).isEmpty();
      assertThat(store.prune(new Retention(Duration.ofDays(5), 1000), NOW)).isEqualTo(14);
    }
  }

  @Test
  void aPersonPrunesAsRolesSayToTheDay() throws Exception {
    append("ann", NOW.minus(Duration.ofHours(30)), 3);
    append("ann", NOW, 2);
    closeSaying(days("ann", 1));
    assertThat(ids()).hasSize(5);
    try (AuditStore store = AuditStore.open(database)) {
      assertThat(store.saidByRoles()).containsExactly(days("ann", 1));
      assertThat(store.due(Retention.DEFAULT, NOW))
          .singleElement()
          .satisfies(note -> assertThat(note.records()).isEqualTo(3));
      assertThat(store.prune(NOW)).isEqualTo(3);
    }
    assertHolds();
  }

  /// As a program does that can write the database, and has no key.
  @Test
  void aNoteThatWasChangedOrTakenAwayLetsNoRecordGo() throws Exception {
    for (String change :
        List.of(
            "UPDATE audit_notes SET details = 'agent=ann retention_days=1'",
            "UPDATE audit_notes SET details = 'agent=ann retention_days=x'",
            "DELETE FROM audit_notes",
            "INSERT INTO audit_notes (timestamp, type, details, prev_hash, record_hash)"
                + " VALUES ('', 'retention', 'agent=ann retention_days=1', '', '')")) {
      database = directory.resolve(Integer.toHexString(change.hashCode())).resolve("audit.db");
      daily("ann", 100);
      closeSaying(days("ann", 365));
      try (Connection connection = SqliteDriver.openToWrite(database)) {
        SqliteDriver.execute(connection, change);
      }
      AuditStore.open(database).close();

      assertThat(ids()).as(change).hasSize(100);
      assertThat(ChainCheck.report(database, ChainKey.beside(database)).results())
          .as(change)
          .anySatisfy(result -> {
            assertThat(result.table()).isEqualTo("audit_notes");
            assertThat(result.firstBreak()).isPresent();
          });
      try (AuditStore store = AuditStore.open(database)) {
        assertThatExceptionOfType(AuditException.class)
            .isThrownBy(() -> store.prune(new Retention(Duration.ofDays(1), 1), NOW));
      }
      assertThat(ids()).as(change).hasSize(100);
    }
  }

  @Test
  void manyThatCloseAtOnceLeaveOneChain() throws Exception {
    daily("ann", 30);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all =
          IntStream.range(0, 8)
              .<Future<?>>mapToObj(number ->
                  threads.submit(() -> {
                    try (AuditStore store = AuditStore.open(database)) {
                      store.keep(days("ann", 5));
                      store.append(event("ann", NOW));
                    }
                  }))
              .toList();
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertHolds();
    assertThat(ids()).first().isEqualTo(25L);
    assertThat(ids()).hasSize(14);
  }

  private static Retention.OfRole days(String agent, int days) {
    return new Retention.OfRole(agent, Optional.of(days), Optional.empty());
  }

  private static AuditEvent event(String agent, Instant time) {
    return new AuditEvent(time, "sandbox.exec", agent, new LinkedHashMap<>());
  }

  /// One record a day; the newest is of now.
  private void daily(String agent, int days) {
    try (AuditStore store = unpruned()) {
      for (int day = days - 1; day >= 0; day--) {
        store.append(event(agent, NOW.minus(Duration.ofDays(day))));
      }
    }
  }

  private void append(String agent, Instant time, int count) {
    try (AuditStore store = unpruned()) {
      for (int i = 0; i < count; i++) {
        store.append(event(agent, time));
      }
    }
  }

  private AuditStore unpruned() {
    return AuditStore.open(
        database, ChainKey.beside(database), new Retention(Duration.ofDays(36_500), 1_000_000));
  }

  private void closeSaying(Retention.OfRole said) {
    try (AuditStore store = AuditStore.open(database)) {
      store.keep(said);
    }
  }

  private List<Long> ids() throws SQLException {
    return all("SELECT id FROM security_events ORDER BY id").stream().map(Long::valueOf).toList();
  }

  private List<String> notes() throws SQLException {
    return all("SELECT details FROM audit_notes WHERE type = 'retention' ORDER BY id");
  }

  private List<String> all(String sql) throws SQLException {
    try (Connection connection = SqliteDriver.openToRead(database)) {
      return SqliteDriver.all(connection, sql, row -> row.getString(1));
    }
  }

  private void assertHolds() {
    assertThat(ChainCheck.report(database, ChainKey.beside(database)).results())
        .allSatisfy(result -> assertThat(result.firstBreak()).isEmpty());
  }
}
