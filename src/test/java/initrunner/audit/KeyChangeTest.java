package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.audit.ChainCheck.Break;
import initrunner.audit.ChainCheck.Reason;
import initrunner.audit.ChainCheck.Report;
import initrunner.text.Hmac;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A new key that signs from now on, in an audit log that stays where it is.
class KeyChangeTest {

  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir private Path directory;
  private Path database;
  private ChainKey key;
  private Hmac oldKey;
  private String oldId;

  @BeforeEach
  void record() {
    database = directory.resolve("audit.db");
    key = ChainKey.beside(database);
    append(3);
    oldKey = key.toVerify().orElseThrow();
    oldId = ChainKey.idOf(oldKey);
  }

  @Test
  void recordsOfBothKeysAreVerifiedAndTheKeysAreNamed() {
    Checkpoint checkpoint = Checkpoint.of(database, key);
    assertThat(change()).containsExactly(oldId, key.id().orElseThrow());
    assertThat(key.id()).isNotEqualTo(Optional.of(oldId));
    assertThat(report().keys()).containsExactly(oldId, key.id().orElseThrow());
    append(2);
    assertHolds(5);
    assertThat(checkpoint.in(database, key).faults()).isEmpty();
    change();
    append(1);
    assertHolds(6);
    assertThat(report().keys()).hasSize(3).first().isEqualTo(oldId);
  }

  @Test
  void recordsOfAnEarlierKeyArePruned() {
    change();
    append(2);
    try (AuditStore store = AuditStore.open(database)) {
      assertThat(store.prune(new Retention(Retention.DEFAULT.maxAge(), 4), NOON)).isEqualTo(1);
    }
    assertHolds(4);
    try (AuditStore store = AuditStore.open(database)) {
      assertThat(store.prune(new Retention(Retention.DEFAULT.maxAge(), 1), NOON)).isEqualTo(3);
    }
    assertHolds(1);
  }

  @Test
  void recordsFromBeforeSigningAreVerifiedUnderTheNewKey() throws Exception {
    database = directory.resolve("unsigned").resolve("audit.db");
    key = ChainKey.beside(database);
    Files.createDirectories(database.getParent());
    Files.createFile(database);
    execute(
        "CREATE TABLE security_events (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT"
            + " NULL, event_type TEXT NOT NULL, agent_name TEXT NOT NULL, details TEXT NOT NULL,"
            + " source_ip TEXT, principal_id TEXT)",
        "INSERT INTO security_events (timestamp, event_type, agent_name, details)"
            + " VALUES ('2026-01-01T00:00:00.000000+00:00', 't', 'a', '')");
    append(1);
    change();
    append(1);
    assertHolds(3);
    execute("UPDATE security_events SET details = 'x' WHERE id = 1");
    assertThat(broken("security_events").reason()).isEqualTo(Reason.HASH_MISMATCH);
  }

  @Test
  void anOldKeyThatIsLostIsToldApartFromAForgedRecord() throws Exception {
    change();
    append(2);
    assertThat(Files.getPosixFilePermissions(key.earlierKeys().resolve(".lock")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    Path kept = key.earlierKeys().resolve(oldId + ".key");
    byte[] bytes = Files.readAllBytes(kept);
    Files.delete(kept);

    Break missing = broken("security_events");
    assertThat(missing.reason()).isEqualTo(Reason.KEY_MISSING);
    assertThat(missing.what()).isEqualTo("of 3 records the key " + oldId + " is not there");
    append(1);
    try (AuditStore store = AuditStore.open(database)) {
      assertThatExceptionOfType(AuditException.class)
          .isThrownBy(() -> store.prune(new Retention(Retention.DEFAULT.maxAge(), 1), NOON))
          .withMessageContaining("cannot be verified");
    }
    execute("UPDATE security_events SET details = 'x' WHERE id = 5");
    assertThat(broken("security_events"))
        .satisfies(found -> {
          assertThat(found.id()).isEqualTo(5);
          assertThat(found.reason()).isEqualTo(Reason.HASH_MISMATCH);
        });
    execute("UPDATE security_events SET details = '' WHERE id = 5");
    Files.write(kept, bytes);
    assertThatExceptionOfType(AuditException.class).isThrownBy(this::report);
    Files.setPosixFilePermissions(
        kept, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    assertHolds(6);
  }

  /// As a program can that has the old key.
  @Test
  void aRecordThatIsSignedAnewWithTheOldKeyIsNamed() throws Exception {
    change();
    append(1);
    signAnew(4, oldKey);
    assertThat(broken("security_events"))
        .isEqualTo(
            new Break(
                4,
                Reason.HASH_MISMATCH,
                "it was signed anew with key "
                    + oldId
                    + ", where key "
                    + key.id().orElseThrow()
                    + " signed"));
  }

  @Test
  void anOlderRecordThatIsSignedAnewWithTheOldKeyIsFound() throws Exception {
    change();
    append(1);
    execute("UPDATE security_events SET agent_name = 'other' WHERE id = 3");
    signAnew(3, oldKey);
    assertThat(broken("security_events").id()).isEqualTo(4);
  }

  @Test
  void aNoteOfAChangeThatWasTakenAwayOrMovedIsFound() throws Exception {
    change();
    append(1);
    Path copy = directory.resolve("copy.db");
    Files.copy(database, copy);
    for (String attack :
        List.of(
            "DELETE FROM audit_notes",
            "UPDATE audit_notes SET details = replace(details, 'security_events=3',"
                + " 'security_events=4')",
            "UPDATE audit_notes SET details = replace(details, '"
                + oldId
                + "', 'aaaaaaaaaaaaaaaa')",
            "UPDATE audit_notes SET type = 'pruned'")) {
      Files.copy(copy, database, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      execute(attack);
      assertThat(broken("audit_notes").id()).as(attack).isEqualTo(1);
    }
  }

  /// All of the database is written anew with the old key, as if the key was never changed.
  @Test
  void anAuditLogOfTheOldKeyAloneIsFoundInThePlaceOfThisOne() throws Exception {
    Path copy = directory.resolve("copy.db");
    Files.copy(database, copy);
    change();
    append(1);
    Files.copy(copy, database, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(report().results())
        .allSatisfy(result ->
            assertThat(result.firstBreak().orElseThrow().reason()).isEqualTo(Reason.REPLACED));
  }

  @Test
  void aSecondDatabaseOfTheSameKeyFollowsWhenAsked() {
    Path second = directory.resolve("second.db");
    AuditStore.open(second, key).close();
    change();
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(() -> {
          try (AuditStore store = AuditStore.open(second, key)) {
            store.append(event());
          }
        })
        .withMessageContaining("is signed with key " + oldId)
        .satisfies(e -> assertThat(e.remedy()).contains("audit rotate --in-place --audit-db"));
    String now = key.id().orElseThrow();
    assertThat(new Rotation(second, key, NOON).inPlace()).containsExactly(oldId, now);
    assertThat(key.id()).contains(now);
    try (AuditStore store = AuditStore.open(second, key)) {
      store.append(event());
    }
    assertThat(ChainCheck.report(second, key).results())
        .allSatisfy(result -> assertThat(result.firstBreak()).isEmpty());
  }

  @Test
  void aProcessThatHasTheAuditLogOpenIsRefusedAndToldWhy() {
    try (AuditStore store = AuditStore.open(database)) {
      store.append(event());
      change();
      assertThatExceptionOfType(AuditException.class)
          .isThrownBy(() -> store.append(event()))
          .withMessageContaining("was changed meanwhile");
    }
    append(1);
    assertHolds(5);
  }

  @Test
  void anAuditLogThatDoesNotHoldKeepsItsKey() throws Exception {
    execute("UPDATE security_events SET agent_name = 'x' WHERE id = 2");
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(this::change)
        .withMessageContaining("does not hold");
    assertThat(key.id()).contains(oldId);
  }

  private List<String> change() {
    return new Rotation(database, key, NOON).inPlace();
  }

  private void append(int count) {
    try (AuditStore store = AuditStore.open(database)) {
      for (int i = 0; i < count; i++) {
        store.append(event());
      }
    }
  }

  private static AuditEvent event() {
    return new AuditEvent(NOON, "sandbox.exec", "ann", new LinkedHashMap<>());
  }

  private Report report() {
    return ChainCheck.report(database, key);
  }

  private Break broken(String table) {
    return report().results().stream()
        .filter(result -> result.table().equals(table))
        .findAny()
        .flatMap(ChainCheck.Result::firstBreak)
        .orElseThrow();
  }

  private void assertHolds(long events) {
    assertThat(report().results()).allSatisfy(result -> assertThat(result.firstBreak()).isEmpty());
    assertThat(report().results())
        .filteredOn(result -> result.table().equals("security_events"))
        .singleElement()
        .satisfies(result -> assertThat(result.signed() + result.unsigned()).isEqualTo(events));
  }

  private void signAnew(long id, Hmac with) throws SQLException {
    try (Connection connection = SqliteDriver.openToWrite(database)) {
      String hash = "";
      try (ChainRow row = new ChainRow(connection, Chain.EVENTS, " WHERE r.id = " + id)) {
        assertThat(row.next()).isTrue();
        hash = row.sign(row.previousHash().toString(), with);
      }
      SqliteDriver.execute(
          connection,
          "UPDATE security_event_signatures SET record_hash = '"
              + hash
              + "' WHERE event_id = "
              + id);
    }
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = SqliteDriver.openToWrite(database)) {
      SqliteDriver.execute(connection, statements);
    }
  }
}
