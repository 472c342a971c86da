package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.audit.ChainCheck.Break;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A database whose schema is not the program's own any more, and one that is changed for a while.
class AlteredDatabaseTest {

  private static final Retention DAYS_10 = new Retention(Duration.ofDays(10), 100_000);

  @TempDir private Path directory;
  private Path database;

  @BeforeEach
  void record() {
    database = directory.resolve("audit.db");
    append();
  }

  private void append() {
    try (AuditStore store = AuditStore.open(database)) {
      for (int i = 1; i <= 5; i++) {
        store.append(AppendingProcess.event(i == 3 ? "evil" : "agent", i));
        store.append(AuditRuns.run("run" + i));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A view that shows what was recorded, and may show another thing later.
        "ALTER TABLE security_events RENAME TO e;"
            + " CREATE VIEW security_events AS SELECT * FROM e",
        "ALTER TABLE audit_log RENAME TO r; CREATE VIEW audit_log AS SELECT * FROM r",
        "ALTER TABLE security_event_signatures RENAME TO s;"
            + " CREATE VIEW security_event_signatures AS SELECT * FROM s",
        "ALTER TABLE audit_chain RENAME TO c; CREATE VIEW audit_chain AS SELECT * FROM c",
        "ALTER TABLE audit_notes RENAME TO n; CREATE VIEW audit_notes AS SELECT * FROM n",
        // A virtual table that shows a view, and says of itself that it has a root page.
        "CREATE TABLE e (id INTEGER PRIMARY KEY, timestamp, event_type, agent_name, details,"
            + " source_ip, principal_id); INSERT INTO e SELECT * FROM security_events;"
            + " CREATE VIEW v AS SELECT * FROM e; DROP TABLE security_events;"
            + " INSERT INTO sqlite_sequence VALUES ('security_events', 5);"
            + " CREATE VIRTUAL TABLE security_events USING fts5(timestamp, event_type, agent_name,"
            + " details, source_ip, principal_id, id, content='v', content_rowid='id');"
            + " PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage ="
            + " (SELECT rootpage FROM sqlite_master WHERE name = 'e') WHERE name = 'security_events'",
        // A computed column, which is another one where LIKE distinguishes cases.
        "ALTER TABLE security_events RENAME TO e; CREATE TABLE security_events (id INTEGER PRIMARY"
            + " KEY AUTOINCREMENT, timestamp TEXT NOT NULL, event_type TEXT NOT NULL, agent_name"
            + " TEXT NOT NULL, source_ip TEXT, principal_id TEXT, d TEXT, details TEXT AS"
            + " (CASE WHEN d LIKE 'N=%' THEN d ELSE '' END)); INSERT INTO security_events SELECT"
            + " id, timestamp, event_type, agent_name, source_ip, principal_id, details FROM e",
        "ALTER TABLE security_event_signatures ADD COLUMN more AS (upper(record_hash))",
        // Records with ids that are no numbers.
        "CREATE TABLE e AS SELECT * FROM security_events; DROP TABLE security_events;"
            + " ALTER TABLE e RENAME TO security_events;"
            + " INSERT INTO sqlite_sequence VALUES ('security_events', 5);"
            + " INSERT INTO security_events SELECT NULL, timestamp, event_type, agent_name,"
            + " 'forged', NULL, NULL FROM security_events LIMIT 1",
        "CREATE TABLE r AS SELECT * FROM audit_log; DROP TABLE audit_log;"
            + " ALTER TABLE r RENAME TO audit_log;"
            + " INSERT INTO sqlite_sequence VALUES ('audit_log', 5);"
            + " CREATE TABLE r AS SELECT * FROM audit_log LIMIT 1; UPDATE r SET id = 'x';"
            + " INSERT INTO audit_log SELECT * FROM r",
        "CREATE TABLE r AS SELECT * FROM audit_log; DROP TABLE audit_log;"
            + " ALTER TABLE r RENAME TO audit_log;"
            + " INSERT INTO sqlite_sequence VALUES ('audit_log', 5);"
            + " UPDATE audit_log SET id = id + 0.5",
        // An index that does not know of a record hides it from a question.
        "CREATE INDEX hides ON security_events (agent_name) WHERE agent_name != 'evil';"
            + " PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql ="
            + " 'CREATE INDEX hides ON security_events (agent_name)' WHERE name = 'hides'",
      })
  void aTableThatMayShowAnotherThingThanWhatWasRecordedIsFound(String statements)
      throws SQLException {
    execute(statements.split(";\\s*"));
    assertThat(breaks()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE security_events SET details = VALUE WHERE id = 4",
        "UPDATE security_event_signatures SET record_hash = VALUE WHERE event_id = 4",
        "UPDATE audit_log SET output = VALUE WHERE id = 4",
        "UPDATE audit_log SET tool_calls = VALUE WHERE id = 4",
      })
  void aRowThatIsLargerThanAnyRecordedOneIsFoundAndNotTakenIntoMemory(String statement)
      throws SQLException {
    execute(statement.replace("VALUE", "printf('%.*c', 17000000, 'x')"));
    assertThat(breaks()).hasSize(1);
    assertThat(breaks().getFirst().id()).isEqualTo(4);
    if (statement.contains("SET details")) {
      AuditQuery all = new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), 50);
      assertThatExceptionOfType(AuditException.class)
          .isThrownBy(() -> all.run(database))
          .withMessageContaining("a row in it is larger than any that is recorded");
    }
  }

  @Test
  void aRunWithLongTextsIsCutSoThatItCanBeVerified() throws SQLException {
    String prompt = "\u20AC".repeat(AuditRun.MOST_CHARACTERS + 5);
    AuditRun run = AuditRuns.run("long", Instant.now(), prompt);
    try (AuditStore store = AuditStore.open(database)) {
      store.append(run);
    }
    assertThat(breaks()).isEmpty();
    List<String> kept = new ArrayList<>();
    new AuditExport(
            Optional.of("long"),
            Optional.empty(),
            Optional.empty(),
            new AuditExport.Period(Optional.empty(), Optional.empty()),
            Optional.empty())
        .run(
            database,
            values ->
                values
                    .getOrDefault("user_prompt", Optional.empty())
                    .ifPresent(text -> kept.add(text.toString())));
    assertThat(kept).hasSize(1);
    assertThat(kept.getFirst())
        .hasSize(AuditRun.MOST_CHARACTERS + "... [5 more characters]".length())
        .endsWith("\u20AC... [5 more characters]");
  }

  @ParameterizedTest
  @Timeout(60)
  @ValueSource(strings = {"mkfifo", "mkdir"})
  void whatIsNoRegularFileIsNoDatabase(String command) throws Exception {
    Path other = directory.resolve("other.db");
    assertThat(new ProcessBuilder(command, other.toString()).start().waitFor()).isZero();
    ChainKey key = ChainKey.beside(database);
    for (ThrowingCallable reading :
        List.<ThrowingCallable>of(
            () -> ChainCheck.report(other, key),
            () -> AuditQuery.eventTypes(other),
            () -> AuditStore.open(other, key))) {
      assertThatExceptionOfType(AuditException.class)
          .isThrownBy(reading)
          .withMessageContaining("regular file");
    }
    assertThat(TakeOver.isOfPython(other)).isFalse();
  }

  /// Each hinders the next record, or changes it: it is refused, or shows.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEFORE INSERT ON security_events BEGIN SELECT RAISE(IGNORE); END",
        "BEFORE INSERT ON security_event_signatures BEGIN SELECT RAISE(IGNORE); END",
        "BEFORE INSERT ON audit_log BEGIN SELECT RAISE(IGNORE); END",
        "BEFORE INSERT ON audit_chain BEGIN SELECT RAISE(IGNORE); END",
        "AFTER INSERT ON security_events BEGIN DELETE FROM security_events WHERE id = new.id; END",
        "AFTER INSERT ON security_events BEGIN UPDATE security_events SET details = 'n=0'; END",
        "AFTER INSERT ON security_event_signatures BEGIN UPDATE security_events SET agent_name ="
            + " 'x' WHERE id = new.event_id; END",
        "AFTER INSERT ON audit_log BEGIN DELETE FROM audit_log WHERE id = new.id - 1; END",
        "AFTER INSERT ON audit_log BEGIN UPDATE audit_log SET output = '' WHERE id = new.id; END",
        "AFTER INSERT ON audit_chain BEGIN UPDATE audit_chain SET tip_id = 0 WHERE chain ="
            + " 'audit_log'; END",
      })
  void aTriggerThatChangesWhatIsRecordedIsFound(String trigger) throws SQLException {
    execute("CREATE TRIGGER other " + trigger);
    boolean isRefused = false;
    try {
      append();
    } catch (AuditException refused) {
      assertThat(refused.remedy()).isNotBlank();
      isRefused = true;
    }
    assertThat(isRefused || !breaks().isEmpty()).isTrue();
  }

  /// Times that lie far ahead make all that is there old. They are gone when the audit log is
  /// verified.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO security_events (timestamp, event_type, agent_name, details) WITH RECURSIVE d(n)"
            + " AS (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < 40) SELECT"
            + " strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', 'now', (n * 6) || ' days'), 't', 'a', 'n=1'"
            + " FROM d",
        "INSERT INTO security_events (id, timestamp, event_type, agent_name, details) WITH RECURSIVE"
            + " d(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < 40) SELECT n + 1000,"
            + " strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', 'now', (n * 6) || ' days'), 't', 'a', 'n=1'"
            + " FROM d",
        "UPDATE security_events SET timestamp = strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', 'now',"
            + " ((id - 2) * 6) || ' days') WHERE id > 2",
      })
  void recordsThatWereOldOnlyWhileOthersWereChangedAreNotPruned(String forge) throws SQLException {
    execute(
        "CREATE TABLE kept AS SELECT * FROM security_events",
        "CREATE TABLE counts AS SELECT * FROM sqlite_sequence",
        forge);
    try (AuditStore store = AuditStore.open(database, ChainKey.beside(database), DAYS_10)) {
      assertThatExceptionOfType(AuditException.class)
          .isThrownBy(() -> store.prune(Instant.now().plus(Duration.ofDays(1000))))
          .withMessageContaining("Nothing is deleted");
    }
    execute(
        "DELETE FROM security_events WHERE id NOT IN (SELECT id FROM kept)",
        "UPDATE security_events SET timestamp = (SELECT timestamp FROM kept WHERE kept.id ="
            + " security_events.id)",
        "DELETE FROM sqlite_sequence",
        "INSERT INTO sqlite_sequence SELECT * FROM counts");
    assertThat(ChainCheck.report(database, ChainKey.beside(database)).results())
        .allMatch(result -> result.firstBreak().isEmpty() && result.signed() == 5);
  }

  @Test
  @Tag("slow")
  void aRecordThatGoesOnWhileItIsVerifiedHolds() throws Exception {
    Process writer = AppendingProcess.start(directory, database, "writer", 800);
    AppendingProcess.awaitAppended(writer.inputReader(), 0);
    int checks = 0;
    while (writer.isAlive() || checks == 0) {
      assertThat(breaks()).isEmpty();
      checks++;
    }
    assertThat(writer.waitFor()).isZero();
  }

  @Test
  void aDatabaseThatWasRemovedIsMissed() throws Exception {
    Files.delete(database);
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(this::breaks)
        .withMessageContaining("was removed");
  }

  /// Beside the audit log of the Python InitRunner there is one that must not be forgotten with it.
  @Test
  void aRecordAtOneOfTheUsualPlacesIsReadAlsoWhereTheOtherOneIsGone() throws Exception {
    Map<String, String> environment = Map.of("INITRUNNER_HOME", directory.toString());
    Path beside = directory.resolve("audit-jvm.db");
    try (AuditStore store = AuditStore.open(beside)) {
      store.append(AppendingProcess.event("agent", 1));
    }
    assertThat(AuditLocation.toRead(environment, Optional.empty()))
        .containsExactly(database, beside);
    Files.delete(database);
    assertThat(AuditLocation.toRead(environment, Optional.empty()))
        .containsExactly(beside, database);
    Files.delete(beside);
    assertThat(AuditLocation.toRead(environment, Optional.empty()))
        .containsExactlyInAnyOrder(beside, database);
  }

  private List<Break> breaks() {
    return ChainCheck.report(database, ChainKey.beside(database)).results().stream()
        .flatMap(result -> result.firstBreak().stream())
        .toList();
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = SqliteDriver.openToWrite(database);
        Statement statement = connection.createStatement()) {
      // Another program has no such bound.
      SqliteDriver.boundValues(connection, 1_000_000_000);
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
