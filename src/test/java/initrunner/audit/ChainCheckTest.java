package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import initrunner.audit.ChainCheck.Break;
import initrunner.audit.ChainCheck.Reason;
import initrunner.text.CanonicalJson;
import initrunner.text.Hmac;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainCheckTest {

  @TempDir private Path directory;
  private Path database;

  @BeforeEach
  void record() {
    database = directory.resolve("audit.db");
    append(5);
  }

  private void append(int count) {
    try (AuditStore store = AuditStore.open(database)) {
      for (int i = 1; i <= count; i++) {
        store.append(AppendingProcess.event("agent", i));
        store.append(AuditRuns.run("abc" + i));
      }
    }
  }

  @Test
  void whatWasRecordedHolds() {
    assertThat(check())
        .containsExactly(
            new ChainCheck.Result("audit_log", 0, 5, Optional.empty()),
            new ChainCheck.Result("security_events", 0, 5, Optional.empty()));
  }

  @Test
  void anEmptyRecordHolds() {
    Path empty = directory.resolve("empty.db");
    AuditStore.open(empty).close();
    assertThat(ChainCheck.report(empty, ChainKey.beside(empty)).results())
        .extracting(ChainCheck.Result::firstBreak)
        .containsOnly(Optional.empty());
  }

  @Test
  void aChangedEventIsNamed() throws Exception {
    execute("UPDATE security_events SET details = 'argv0=ls' WHERE id = 3");
    assertThat(broken("security_events")).isEqualTo("3 HASH_MISMATCH");
    assertThat(brokenIn("audit_log")).isEmpty();
  }

  @Test
  void aChangeOfAnyColumnIsNoticed() throws Exception {
    for (String column : List.of("timestamp", "event_type", "agent_name", "source_ip")) {
      append(1);
      execute("UPDATE security_events SET " + column + " = 'other' WHERE id = 2");
      assertThat(broken("security_events")).isEqualTo("2 HASH_MISMATCH");
    }
    for (String column : Chain.RUNS.signedColumns()) {
      execute("CREATE TABLE copy AS SELECT * FROM audit_log");
      execute("UPDATE audit_log SET " + column + " = 77 WHERE id = 4");
      assertThat(broken("audit_log")).as(column).isEqualTo("4 HASH_MISMATCH");
      execute(
          "DELETE FROM audit_log", "INSERT INTO audit_log SELECT * FROM copy", "DROP TABLE copy");
      assertThat(brokenIn("audit_log")).isEmpty();
    }
  }

  @Test
  void aDeletedRecordIsMissedInTheMiddleAndAtBothEnds() throws Exception {
    for (String table : List.of("security_events", "audit_log")) {
      execute("CREATE TABLE copy AS SELECT * FROM " + table);
      execute("DELETE FROM " + table + " WHERE id = 3");
      assertThat(broken(table)).isEqualTo("4 RECORDS_MISSING");
      execute("DELETE FROM " + table + " WHERE id <= 3");
      assertThat(broken(table)).isEqualTo("4 PREV_HASH_MISMATCH");
      execute("DELETE FROM " + table, "INSERT INTO " + table + " SELECT * FROM copy");
      execute("DELETE FROM " + table + " WHERE id = 5", "DROP TABLE copy");
      assertThat(broken(table)).isEqualTo("5 RECORDS_MISSING");
    }
  }

  @Test
  void aCutEndStaysVisibleWhateverIsRecordedAfterIt() throws Exception {
    execute(
        "DELETE FROM security_events WHERE id = 5",
        "DELETE FROM security_event_signatures WHERE event_id = 5",
        "UPDATE sqlite_sequence SET seq = 4 WHERE name = 'security_events'");
    append(3);
    assertThat(broken("security_events")).isEqualTo("6 RECORDS_MISSING");
  }

  @Test
  void forgedEndsStayVisibleWhateverIsRecordedAfterThem() throws Exception {
    execute(
        "DELETE FROM security_events WHERE id = 5",
        "DELETE FROM security_event_signatures WHERE event_id = 5",
        "UPDATE audit_chain SET tip_id = 4, tip_hash ="
            + " (SELECT record_hash FROM security_event_signatures WHERE event_id = 4)");
    assertThat(broken("security_events")).isEqualTo("1 ENDS_MISMATCH");
    append(1);
    assertThat(broken("security_events")).isEqualTo("6 RECORDS_MISSING");
  }

  @Test
  void anAddedRecordIsNoticed() throws Exception {
    execute(
        "INSERT INTO security_events (timestamp, event_type, agent_name, details)"
            + " VALUES ('2026-01-31T08:30:00+00:00', 'sandbox.exec', 'agent', 'rc=0')");
    assertThat(broken("security_events")).isEqualTo("6 MISSING_HASH_AFTER_CHAIN_START");
  }

  @Test
  void whatWasThereBeforeTheFirstSignatureIsNoBreak() throws Exception {
    Path old = directory.resolve("old.db");
    DatabaseFile.ensure(old);
    try (Connection connection = SqliteDriver.openToWrite(old);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE security_events (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT"
              + " NULL, event_type TEXT NOT NULL, agent_name TEXT NOT NULL, details TEXT NOT NULL,"
              + " source_ip TEXT)");
      statement.execute(
          "INSERT INTO security_events (timestamp, event_type, agent_name, details) VALUES"
              + " ('2199-01-31T08:30:00+00:00', 'sandbox.exec', 'agent', 'rc=0')");
    }
    assertThat(ChainCheck.report(old, ChainKey.beside(database)).results())
        .containsExactly(new ChainCheck.Result("security_events", 1, 0, Optional.empty()));
    try (AuditStore store = AuditStore.open(old)) {
      store.append(AppendingProcess.event("agent", 1));
    }
    assertThat(ChainCheck.report(old, ChainKey.beside(database)).results())
        .contains(new ChainCheck.Result("security_events", 1, 1, Optional.empty()));
  }

  @Test
  void whatIsPrunedIsNoBreakAndIsNoted() {
    append(3);
    assertThat(prune(new Retention(Duration.ofDays(90), 2))).isEqualTo(12);
    ChainCheck.Report report = ChainCheck.report(database, ChainKey.beside(database));
    assertThat(report.results())
        .containsExactly(
            new ChainCheck.Result("audit_log", 0, 2, Optional.empty()),
            new ChainCheck.Result("security_events", 0, 2, Optional.empty()));
    assertThat(report.prunings())
        .extracting(AuditNote::table, AuditNote::firstId, AuditNote::lastId, AuditNote::records)
        .containsExactly(tuple("audit_log", 1L, 6L, 6L), tuple("security_events", 1L, 6L, 6L));
    append(1);
    assertThat(check()).extracting(ChainCheck.Result::signed).containsExactly(3L, 3L);
    assertThat(check()).allMatch(result -> result.firstBreak().isEmpty());
  }

  /// How many records went; -1 where that was refused.
  private long prune(Retention retention) {
    try (AuditStore store = AuditStore.open(database, ChainKey.beside(database), retention)) {
      return store.prune(Instant.now());
    } catch (AuditException refused) {
      return -1;
    }
  }

  @Test
  void aRecordBelowThePrunedOnesIsNoticedSignedOrNot() throws Exception {
    prune(new Retention(Duration.ofDays(90), 2));
    assertThat(brokenIn("security_events")).isEmpty();
    String row =
        "INSERT INTO security_events (id, timestamp, event_type, agent_name, details)"
            + " VALUES (2, '2026-01-31T08:30:00+00:00', 'sandbox.exec', 'agent', 'rc=0')";
    execute(row);
    assertThat(broken("security_events")).isEqualTo("2 MISSING_HASH_AFTER_CHAIN_START");
    execute(
        "INSERT INTO security_event_signatures SELECT 2, prev_hash, record_hash FROM"
            + " security_event_signatures LIMIT 1");
    assertThat(broken("security_events")).isEqualTo("2 RECORDS_MISSING");
    assertThat(prune(new Retention(Duration.ofDays(90), 1))).isEqualTo(-1);
    assertThat(broken("security_events")).isEqualTo("2 RECORDS_MISSING");
  }

  @Test
  void pruningSignsNoForgedEnds() throws Exception {
    execute(
        "DELETE FROM security_events WHERE id = 5",
        "DELETE FROM security_event_signatures WHERE event_id = 5",
        "UPDATE audit_chain SET tip_id = 4, tip_hash ="
            + " (SELECT record_hash FROM security_event_signatures WHERE event_id = 4)"
            + " WHERE chain = 'security_events'");
    assertThat(prune(new Retention(Duration.ofDays(90), 1))).isEqualTo(-1);
    assertThat(broken("security_events")).isEqualTo("1 ENDS_MISMATCH");
  }

  @Test
  void droppedTablesAreABreakWhateverIsLeft() throws Exception {
    for (String table :
        List.of(
            "audit_chain",
            "security_event_signatures",
            "security_events",
            "audit_log",
            "audit_notes")) {
      Path copy = Files.copy(database, directory.resolve("copy.db"));
      execute("DROP TABLE " + table);
      assertThat(check()).as(table).anyMatch(result -> result.firstBreak().isPresent());
      Files.move(copy, database, StandardCopyOption.REPLACE_EXISTING);
      assertThat(check()).allMatch(result -> result.firstBreak().isEmpty());
    }
    execute(
        "DROP TABLE audit_chain",
        "DROP TABLE security_event_signatures",
        "UPDATE security_events SET details = 'argv0=ls'");
    assertThat(check()).allMatch(result -> result.firstBreak().isPresent());
    append(1);
    assertThat(check()).allMatch(result -> result.firstBreak().isPresent());
  }

  @Test
  void recordsOfTheVersionBeforeAreTakenOver() throws Exception {
    Hmac key = ChainKey.beside(database).toSign();
    LogEnds stored;
    try (Connection connection = SqliteDriver.openToRead(database)) {
      stored = EndsTable.read(connection, key).orElseThrow();
    }
    Path file = EndsFile.of(ChainKey.beside(database), stored.logId()).file();
    Files.delete(file);
    execute("DELETE FROM audit_chain", "DROP TABLE audit_notes");
    for (Chain chain : Chain.OF_RECORDS) {
      LogEnds.Ends ends = stored.of(chain);
      SortedMap<String, Optional<Object>> fields = new TreeMap<>();
      fields.put("chain", Optional.of(chain.table()));
      fields.put("base_id", Optional.of(ends.baseId()));
      fields.put("base_hash", Optional.of(ends.baseHash()));
      fields.put("tip_id", Optional.of(ends.tipId()));
      fields.put("tip_hash", Optional.of(ends.tipHash()));
      execute(
          "INSERT INTO audit_chain VALUES ('%s', %d, '%s', %d, '%s', '%s')"
              .formatted(
                  chain.table(),
                  ends.baseId(),
                  ends.baseHash(),
                  ends.tipId(),
                  ends.tipHash(),
                  key.sign(CanonicalJson.of(fields))));
    }
    assertThat(check()).allMatch(result -> result.firstBreak().isEmpty() && result.signed() == 5);
    append(2);
    ChainCheck.Report report = ChainCheck.report(database, ChainKey.beside(database));
    assertThat(report.results())
        .allMatch(result -> result.firstBreak().isEmpty() && result.signed() == 7);
    assertThat(report.anchor()).isEqualTo(ChainCheck.Anchor.BESIDE_THE_KEY);
  }

  @Test
  void aCopyElsewhereHoldsAndItsEndIsSaidToBeUnknown() throws Exception {
    Path home = Files.createDirectory(directory.resolve("elsewhere"));
    Path copy = Files.copy(database, home.resolve("copy.db"));
    Files.copy(directory.resolve("audit_hmac.key"), home.resolve("audit_hmac.key"));
    ChainCheck.Report report = ChainCheck.report(copy, ChainKey.beside(copy));
    assertThat(report.results()).allMatch(result -> result.firstBreak().isEmpty());
    assertThat(report.anchor()).isEqualTo(ChainCheck.Anchor.IN_THE_DATABASE);
  }

  /// What a crash after the commit leaves: the database is ahead by what follows from it.
  @Test
  void endsBesideTheKeyThatAreBehindAreNoBreak() throws Exception {
    Path ends = directory.resolve("audit_ends");
    Path file;
    try (var files = Files.list(ends)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] before = Files.readAllBytes(file);
    append(2);
    Files.write(file, before);
    assertThat(check()).allMatch(result -> result.firstBreak().isEmpty());
    append(1);
    assertThat(check()).allMatch(result -> result.firstBreak().isEmpty() && result.signed() == 8);
    Files.write(file, before);
    prune(new Retention(Duration.ofDays(90), 1));
    Files.write(file, before);
    assertThat(check()).allMatch(result -> result.firstBreak().isEmpty() && result.signed() == 1);
  }

  /// A power cut may leave one of the two slots half written.
  @Test
  void aSlotThatIsHalfWrittenLeavesTheOtherOne() throws Exception {
    append(1);
    Path file;
    try (var files = Files.list(directory.resolve("audit_ends"))) {
      file = files.findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(file);
    for (int slot : new int[] {0, 4096}) {
      byte[] half = whole.clone();
      Arrays.fill(half, slot + 300, slot + 4096, (byte) 0);
      Files.write(file, half);
      assertThat(check()).allMatch(result -> result.firstBreak().isEmpty());
      append(1);
      assertThat(check()).allMatch(result -> result.firstBreak().isEmpty());
    }
  }

  @Test
  void anotherKeyVerifiesNothingAndNoKeyIsSaid() throws Exception {
    assertThat(
            ChainCheck.report(database, new ChainKey(Optional.of("ab".repeat(32)), database))
                .results())
        .extracting(result -> result.firstBreak().map(Break::reason))
        .containsOnly(Optional.of(Reason.ENDS_MISMATCH));
    Files.delete(directory.resolve("audit_hmac.key"));
    assertThat(check())
        .extracting(result -> result.firstBreak().map(Break::reason))
        .containsOnly(Optional.of(Reason.KEY_MISSING));
    assertThat(directory.resolve("audit_hmac.key")).doesNotExist();
  }

  @Test
  @Tag("slow")
  void severalProcessesKeepOneChain() throws Exception {
    int count = 200;
    Process one = AppendingProcess.start(directory, database, "one", count);
    Process two = AppendingProcess.start(directory, database, "two", count);
    append(100);
    AppendingProcess.awaitAppended(one.inputReader(), count - 1);
    AppendingProcess.awaitAppended(two.inputReader(), count - 1);
    assertThat(one.waitFor()).isZero();
    assertThat(two.waitFor()).isZero();
    assertThat(check())
        .containsExactly(
            new ChainCheck.Result("audit_log", 0, 105, Optional.empty()),
            new ChainCheck.Result("security_events", 0, 505, Optional.empty()));
  }

  private List<ChainCheck.Result> check() {
    return ChainCheck.report(database, ChainKey.beside(database)).results();
  }

  private Optional<String> brokenIn(String table) {
    return check().stream()
        .filter(result -> result.table().equals(table))
        .findAny()
        .orElseThrow()
        .firstBreak()
        .map(found -> found.id() + " " + found.reason());
  }

  private String broken(String table) {
    return brokenIn(table).orElse("holds");
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = SqliteDriver.openToWrite(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
