package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditQueryTest {

  private static final Instant NOON = Instant.parse("2190-01-31T12:00:00Z");

  @TempDir private Path directory;

  @Test
  void eachConditionNarrowsTheAnswerAndTheNewestComeFirst() {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      append(store, NOON.minusSeconds(60), "sandbox.exec", "ann");
      append(store, NOON, "sandbox.start", "ann");
      append(store, NOON.plusSeconds(60), "sandbox.exec", "bob");
      append(store, NOON.plusSeconds(120), "sandbox.exec", "ann");
      assertThat(ids(query("", "", Optional.empty(), 50))).containsExactly(4L, 3L, 2L, 1L);
      assertThat(ids(query("", "", Optional.empty(), 2))).containsExactly(4L, 3L);
      assertThat(ids(query("sandbox.exec", "", Optional.empty(), 50))).containsExactly(4L, 3L, 1L);
      assertThat(ids(query("", "ann", Optional.empty(), 50))).containsExactly(4L, 2L, 1L);
      assertThat(ids(query("", "", Optional.of(NOON), 50))).containsExactly(4L, 3L, 2L);
      assertThat(ids(query("", "", Optional.of(NOON.plusNanos(1000)), 50))).containsExactly(4L, 3L);
      assertThat(ids(query("sandbox.exec", "ann", Optional.of(NOON), 1))).containsExactly(4L);
      assertThat(ids(query("sandbox", "", Optional.empty(), 50))).isEmpty();
      assertThat(AuditQuery.eventTypes(database)).containsExactly("sandbox.exec", "sandbox.start");
    }
  }

  @Test
  void aTimeThatAnotherWriterLeftWithoutFractionCountsAsThatTime() throws Exception {
    Path database = directory.resolve("audit.db");
    AuditStore.open(database).close();
    try (Connection connection = SqliteDriver.openToWrite(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO security_events (timestamp, event_type, agent_name, details)
            VALUES ('2190-01-31T12:00:00+00:00', 't', 'a', '')\
          """);
    }
    assertThat(ids(query("", "", Optional.of(NOON), 50))).containsExactly(1L);
    assertThat(ids(query("", "", Optional.of(NOON.plusNanos(1000)), 50))).isEmpty();
  }

  @Test
  void aMissingDatabaseIsNamedAndNotMade() {
    Path database = directory.resolve("none/audit.db");
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(() -> query("", "", Optional.empty(), 50).run(database))
        .withMessageContaining("no audit database at " + database)
        .satisfies(e -> assertThat(e.remedy()).contains("--audit-db"));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aFileOfAnotherKindIsNamed() throws Exception {
    Path notes = Files.writeString(directory.resolve("notes"), "Not a database. ".repeat(100));
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(() -> query("", "", Optional.empty(), 50).run(notes))
        .withMessageContaining("not an SQLite database");
  }

  @Test
  void aLimitBelowOneIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> query("", "", Optional.empty(), 0));
  }

  @Test
  void aDatabaseThatIsOpenedToReadTakesNoChange() throws Exception {
    Path database = directory.resolve("audit.db");
    AuditStore.open(database).close();
    try (Connection connection = SqliteDriver.openToRead(database);
        Statement statement = connection.createStatement()) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> statement.execute("DELETE FROM security_events"))
          .satisfies(refused -> assertThat(SqliteDriver.isTooLarge(refused)).isFalse());
    }
  }

  @Test
  void readingChangesNothing() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      append(store, NOON, "sandbox.exec", "ann");
    }
    byte[] before = Files.readAllBytes(database);
    assertThat(ids(query("", "", Optional.empty(), 50))).containsExactly(1L);
    assertThat(database).hasBinaryContent(before);
  }

  private List<Long> ids(AuditQuery query) {
    return query.run(directory.resolve("audit.db")).stream().map(AuditQuery.Event::id).toList();
  }

  private static AuditQuery query(
      String eventType, String agent, Optional<Instant> since, int limit) {
    return new AuditQuery(
        Optional.of(eventType).filter(text -> !text.isEmpty()),
        Optional.of(agent).filter(text -> !text.isEmpty()),
        since,
        limit);
  }

  private static void append(AuditStore store, Instant time, String type, String agent) {
    store.append(new AuditEvent(time, type, agent, new LinkedHashMap<>()));
  }
}
