package initrunner.audit;

import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import initrunner.text.Hmac;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;
import org.sqlite.util.LibraryLoaderUtil;

class AuditStoreTest {

  private static final AuditQuery ALL =
      new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), 100_000);

  @TempDir private Path directory;

  @Test
  void whatIsAppendedIsThereForOthersAtOnce() {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("first", 1));
      store.append(
          new AuditEvent(
              Instant.parse("2026-01-31T08:30:00Z"),
              "sandbox.start",
              "second",
              AppendingProcess.event("", 2).details()));
      List<AuditQuery.Event> rows = ALL.run(database);
      assertThat(rows).extracting(AuditQuery.Event::agentName).containsExactly("second", "first");
      assertThat(rows.getFirst())
          .isEqualTo(
              new AuditQuery.Event(
                  2,
                  "2026-01-31T08:30:00.000000+00:00",
                  "sandbox.start",
                  "second",
                  "n=2",
                  Optional.empty(),
                  Optional.empty()));
    }
  }

  @Test
  @Tag("slow")
  void directoriesAndFilesAreTheOwnersOnlyWhateverTheUmask() throws Exception {
    Path database = directory.resolve("new/er/audit.db");
    Process process =
        AppendingProcess.start(
            List.of("sh", "-c", "umask 0; exec \"$@\"", "sh"),
            directory,
            System.getProperty("java.class.path"),
            List.of(database.toString(), "agent", "1000000"));
    try {
      AppendingProcess.awaitAppended(process.inputReader(), 0);
      assertThat(permissions(directory.resolve("new"))).isEqualTo("rwx------");
      assertThat(permissions(directory.resolve("new/er"))).isEqualTo("rwx------");
      assertThat(permissions(database)).isEqualTo("rw-------");
      assertThat(permissions(beside(database, "-wal"))).isEqualTo("rw-------");
      assertThat(permissions(beside(database, "-shm"))).isEqualTo("rw-------");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aFileThatOthersCouldReadIsTightened() throws Exception {
    Path database = directory.resolve("audit.db");
    AuditStore.open(database).close();
    Files.setPosixFilePermissions(database, fromString("rw-rw-r--"));
    Path log = beside(database, "-wal");
    Files.createFile(log);
    Files.setPosixFilePermissions(log, fromString("rw-r--r--"));
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("agent", 1));
      assertThat(permissions(database)).isEqualTo("rw-------");
      assertThat(permissions(log)).isEqualTo("rw-------");
    }
  }

  @Test
  void anExistingDirectoryKeepsItsPermissions() throws Exception {
    Path shared =
        Files.createDirectory(
            directory.resolve("shared"), asFileAttribute(fromString("rwxr-xr-x")));
    AuditStore.open(shared.resolve("audit.db")).close();
    assertThat(permissions(shared)).isEqualTo("rwxr-xr-x");
  }

  @Test
  void aSymbolicLinkIsRefused() throws Exception {
    Path elsewhere = Files.createFile(directory.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(directory.resolve("audit.db"), elsewhere);
    assertRefused(link, "symbolic link", "remove the link");
    assertThat(elsewhere).isEmptyFile();
  }

  @Test
  void aLinkThatLeadsNowhereIsRefusedToo() throws Exception {
    Path nowhere = directory.resolve("nowhere");
    Path link = Files.createSymbolicLink(directory.resolve("audit.db"), nowhere);
    assertRefused(link, "symbolic link", "remove the link");
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void aDirectoryIsRefused() {
    assertRefused(directory, "not a regular file", "--audit-db");
  }

  @Test
  void aFileOfAnotherKindIsRefusedAndLeftAlone() throws Exception {
    Path notes = directory.resolve("notes.txt");
    String text = "Not a database. ".repeat(100);
    Files.writeString(notes, text);
    assertRefused(notes, "not an SQLite database", "--audit-db");
    assertThat(notes).hasContent(text);
  }

  @Test
  void aPlaceWhereNothingCanBeWrittenIsRefused() {
    assertRefused(Path.of("/proc/audit.db"), "Cannot create", "INITRUNNER_AUDIT_DB");
    assertRefused(Path.of("/proc/initrunner/audit.db"), "Cannot create", "INITRUNNER_AUDIT_DB");
  }

  @Test
  void aTableOfAnotherShapeIsRefused() throws Exception {
    Path database = directory.resolve("other.db");
    execute(database, "CREATE TABLE security_events (id INTEGER, text TEXT)");
    assertRefused(database, "no such column", "audit database");
  }

  @Test
  void aDatabaseOfAnEarlierVersionGetsTheColumnsThatItLacks() throws Exception {
    Path database = directory.resolve("audit.db");
    execute(
        database,
        """
        CREATE TABLE security_events (id INTEGER PRIMARY KEY AUTOINCREMENT,
          timestamp TEXT NOT NULL, event_type TEXT NOT NULL, agent_name TEXT NOT NULL,
          details TEXT NOT NULL, source_ip TEXT)\
        """,
        "CREATE TABLE audit_log (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL)",
        "INSERT INTO audit_log (run_id) VALUES ('0123456789ab')",
        """
        INSERT INTO security_events (timestamp, event_type, agent_name, details, source_ip)
          VALUES ('2199-01-31T08:30:00+00:00', 'sandbox.exec', 'old', 'a=b', '192.0.2.1')\
        """);
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("new", 1));
      store.append(AuditRuns.run("abcdef012345"));
    }
    assertThat(ALL.run(database))
        .extracting(AuditQuery.Event::agentName)
        .containsExactly("new", "old");
    assertThat(ALL.run(database).getLast().sourceIp()).contains("192.0.2.1");
    assertThat(query(database, "SELECT run_id FROM audit_log"))
        .containsExactly("0123456789ab", "abcdef012345");
    assertThat(query(database, "SELECT count(*) FROM audit_log WHERE record_hash IS NULL"))
        .containsExactly("1");
  }

  @Test
  void thePathMayHoldAnyCharacter() throws Exception {
    Path database =
        Files.createDirectory(directory.resolve("ä b#c%20d&mode=ro"))
            .resolve("a?mode=memory;b'.db");
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("agent", 1));
    }
    assertThat(database).isNotEmptyFile();
    assertThat(ALL.run(database)).hasSize(1);
  }

  @Test
  void anInterruptedThreadStillRecordsAndStaysInterrupted() {
    Path database = directory.resolve("audit.db");
    Thread.currentThread().interrupt();
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("agent", 1));
    }
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ALL.run(database)).hasSize(1);
  }

  @Test
  @Tag("slow")
  void manyThreadsMayAppendAtOnce() {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int thread = 0; thread < 20; thread++) {
          String agent = "agent-" + thread;
          threads.execute(() -> {
            for (int i = 0; i < 10; i++) {
              store.append(AppendingProcess.event(agent, i));
            }
          });
        }
      }
      assertThat(ALL.run(database)).hasSize(200);
    }
  }

  /// Else an older copy of the database would fit what is kept beside the key.
  @Test
  @Tag("slow")
  void whereSeveralWriteAtOnceTheLastRecordIsTheOneThatIsKeptBesideTheKey(
      @TempDir(factory = ManipulationTest.InMemory.class) Path memory) throws Exception {
    Path database = memory.resolve("audit.db");
    ChainKey key = ChainKey.beside(database);
    try (AuditStore one = AuditStore.open(database);
        AuditStore two = AuditStore.open(database);
        AuditStore three = AuditStore.open(database);
        Connection connection = SqliteDriver.openToRead(database)) {
      Hmac hmac = key.toSign();
      for (int round = 0; round < 400; round++) {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
          for (AuditStore store : List.of(one, two, three)) {
            threads.execute(() -> store.append(AppendingProcess.event("agent", 1)));
          }
        }
        LogEnds stored = EndsTable.read(connection, hmac).orElseThrow();
        assertThat(EndsFile.of(key, stored.logId()).read(hmac)).contains(stored);
      }
    }
  }

  @Test
  void recordsOfSeveralStoresInTurnFormOneChain() {
    Path database = directory.resolve("audit.db");
    try (AuditStore one = AuditStore.open(database);
        AuditStore two = AuditStore.open(database)) {
      for (AuditStore store : List.of(one, one, two, one, two, two, one, one)) {
        store.append(AppendingProcess.event("agent", 1));
        ChainCheck.Report report = ChainCheck.report(database, ChainKey.beside(database));
        assertThat(report.results()).allMatch(result -> result.firstBreak().isEmpty());
        assertThat(report.anchor()).isEqualTo(ChainCheck.Anchor.BESIDE_THE_KEY);
      }
    }
    assertThat(ALL.run(database)).hasSize(8);
  }

  @Test
  void endsBesideTheKeyThatAreRemovedWhileRecordsAreWrittenAreMadeAgainByTheNextOne()
      throws Exception {
    Path database = directory.resolve("audit.db");
    ChainKey key = ChainKey.beside(database);
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("agent", 1));
      store.append(AppendingProcess.event("agent", 2));
      Path kept;
      try (var files = Files.list(EndsFile.directory(key))) {
        kept = files.findFirst().orElseThrow();
      }
      Files.delete(kept);
      store.append(AppendingProcess.event("agent", 3));
      assertThat(permissions(kept)).isEqualTo("rw-------");
      assertThat(ChainCheck.report(database, key).anchor())
          .isEqualTo(ChainCheck.Anchor.BESIDE_THE_KEY);
    }
  }

  @Test
  @Tag("slow")
  void severalProcessesMayOpenANewRecordAndWriteItAtOnce() throws Exception {
    Path database = directory.resolve("audit.db");
    int count = 200;
    Process one = AppendingProcess.start(directory, database, "one", count);
    Process two = AppendingProcess.start(directory, database, "two", count);
    AppendingProcess.main(new String[] {database.toString(), "three", Integer.toString(count)});
    AppendingProcess.awaitAppended(one.inputReader(), count - 1);
    AppendingProcess.awaitAppended(two.inputReader(), count - 1);
    assertThat(one.waitFor()).isZero();
    assertThat(two.waitFor()).isZero();
    List<String> inOrder = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      inOrder.add("n=" + i);
    }
    for (String agent : List.of("one", "two", "three")) {
      assertThat(
              new AuditQuery(
                      Optional.empty(), Optional.of(agent), Optional.empty(), Integer.MAX_VALUE)
                  .run(database)
                  .reversed())
          .extracting(AuditQuery.Event::details)
          .containsExactlyElementsOf(inOrder);
    }
  }

  @Test
  @Tag("slow")
  void aProcessKilledWhileItWritesLosesNothingThatItHadRecorded() throws Exception {
    Path database = directory.resolve("audit.db");
    Process process = AppendingProcess.start(directory, database, "killed", Integer.MAX_VALUE);
    AppendingProcess.awaitAppended(process.inputReader(), 50);
    process.destroyForcibly().waitFor();
    assertThat(query(database, "PRAGMA integrity_check")).containsExactly("ok");
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("after", 0));
    }
    List<AuditQuery.Event> rows = ALL.run(database).reversed();
    assertThat(rows.getLast().agentName()).isEqualTo("after");
    assertThat(rows).hasSizeGreaterThan(51);
    for (int i = 0; i < rows.size() - 1; i++) {
      assertThat(rows.get(i).details()).isEqualTo("n=" + i);
    }
  }

  @Test
  void aRemovedDatabaseIsNoticedBeforeTheNextRecordIsLost() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("agent", 1));
      Files.delete(database);
      assertThatExceptionOfType(AuditException.class)
          .isThrownBy(() -> store.append(AppendingProcess.event("agent", 2)))
          .withMessageContaining("removed or replaced");
      Files.createFile(database);
      assertThatExceptionOfType(AuditException.class)
          .isThrownBy(() -> store.append(AppendingProcess.event("agent", 3)))
          .withMessageContaining("removed or replaced");
    }
  }

  @Test
  void whatCannotBeWrittenIsAnException() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      execute(database, "DROP TABLE security_events");
      assertThatExceptionOfType(AuditException.class)
          .isThrownBy(() -> store.append(AppendingProcess.event("agent", 1)))
          .withMessageContaining("Cannot write to the audit database " + database)
          .satisfies(e -> assertThat(e.remedy()).isNotBlank());
    }
  }

  @Test
  void whatCannotBeWrittenIsRolledBackSoThatOthersCanWrite() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("agent", 1));
      for (String change :
          List.of(
              "DROP TABLE audit_chain; CREATE TABLE audit_chain (chain, base_id, base_hash, tip_id,"
                  + " tip_hash, ends_hash); INSERT INTO audit_chain (chain) VALUES"
                  + " ('security_events'), ('record'), (NULL)",
              "DROP TABLE audit_chain; CREATE TABLE audit_chain (chain)",
              "DROP TABLE audit_chain; CREATE VIEW audit_chain AS SELECT 1",
              "CREATE TRIGGER no BEFORE INSERT ON security_events BEGIN"
                  + " SELECT RAISE(ABORT, 'no'); END",
              "DROP TABLE security_event_signatures")) {
        execute(database, change.split("; (?=CREATE T|CREATE V|INSERT)"));
        try {
          store.append(AppendingProcess.event("agent", 2));
        } catch (AuditException refused) {
          assertThat(refused.remedy()).isNotBlank();
        }
        execute(database, "CREATE TABLE another (id)", "DROP TABLE another");
      }
    }
  }

  @Test
  @Tag("slow")
  void aPruningThatMeetsABusyDatabaseLeavesTheTimeThatRecordsWaitAsItWas() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      for (int days = 93; days >= 0; days--) {
        store.append(event(days));
      }
      try (Connection other = SqliteDriver.openToWrite(database);
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        store.pruneWhatIsDue();
        assertThat(store.busyTimeout()).isEqualTo(SqliteDriver.BUSY_TIMEOUT);
      }
      assertThat(ALL.run(database)).hasSize(94);
    }
    assertThat(ALL.run(database)).hasSize(91);
  }

  @Test
  void noNameOfAnAgentIsRecordedWithASecretInIt() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("ghp_abcdefghijklmnopqrstuvwxyz0123456789", 1));
    }
    assertThat(ALL.run(database))
        .extracting(AuditQuery.Event::agentName)
        .containsExactly("[REDACTED]");
  }

  @Test
  void afterItsEndNothingIsRecordedAndClosingAgainDoesNothing() {
    AuditStore store = AuditStore.open(directory.resolve("audit.db"));
    store.close();
    store.close();
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(() -> store.append(AppendingProcess.event("agent", 1)))
        .withMessageContaining("is closed already");
  }

  @Test
  void afterItsEndNothingIsDeleted() {
    AuditStore store = AuditStore.open(directory.resolve("audit.db"));
    store.close();
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(() -> store.prune(Instant.now()))
        .withMessageContaining("is closed already");
  }

  @Test
  void aCallThatHasEndedHoldsUpNoOtherThread() throws Exception {
    AuditStore store = AuditStore.open(directory.resolve("audit.db"));
    for (Runnable call :
        List.<Runnable>of(
            () -> store.append(AppendingProcess.event("agent", 1)),
            () -> store.append(AuditRuns.run("run")),
            () -> store.prune(Instant.now()),
            store::close,
            store::close)) {
      Thread other = Thread.ofPlatform().start(call);
      other.join();
    }
    store.close();
  }

  @Test
  void aRecordIsOpenedWhileAnotherProcessWritesIt() throws Exception {
    Path database = directory.resolve("audit.db");
    AuditStore.open(database).close();
    try (Connection other = SqliteDriver.openToWrite(database);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      AuditStore.open(database).close();
    }
  }

  @Test
  void aTableThatIsMissingIsMadeAgain() throws Exception {
    Path database = directory.resolve("audit.db");
    AuditStore.open(database).close();
    for (String table : List.of("audit_notes", "security_event_signatures", "audit_log")) {
      execute(database, "DROP TABLE " + table);
      AuditStore.open(database).close();
      execute(database, "SELECT count(*) FROM " + table);
    }
  }

  @Test
  void theEndsOfARecordAreKeptBesideTheKeyAsSoonAsItIsOpened() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("agent", 1));
    }
    ChainKey key = ChainKey.beside(database);
    try (var files = Files.list(EndsFile.directory(key))) {
      Files.delete(files.findFirst().orElseThrow());
    }
    assertThat(ChainCheck.report(database, key).anchor())
        .isEqualTo(ChainCheck.Anchor.IN_THE_DATABASE);
    AuditStore.open(database).close();
    assertThat(ChainCheck.report(database, key).anchor())
        .isEqualTo(ChainCheck.Anchor.BESIDE_THE_KEY);
  }

  @Test
  void aDatabaseThatIsRefusedIsNotHeldOpen() throws Exception {
    Path database = directory.resolve("audit.db");
    execute(database, "CREATE TABLE security_events (id INTEGER, text TEXT)");
    assertThatExceptionOfType(AuditException.class).isThrownBy(() -> AuditStore.open(database));
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(descriptors).noneMatch(descriptor -> isLinkTo(descriptor, database));
    }
  }

  private static boolean isLinkTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Test
  void closingDeletesWhatIsPastItsTime() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      for (int days = 93; days >= 0; days--) {
        store.append(event(days));
      }
    }
    assertThat(ALL.run(database))
        .hasSize(91)
        .last()
        .extracting(AuditQuery.Event::agentName)
        .isEqualTo("90 days old");
  }

  @Test
  void whatIsPastItsTimeStaysWhereARecordWasChangedWhichIsLogged() throws Exception {
    Path database = directory.resolve("audit.db");
    List<String> logged = new ArrayList<>();
    Logger log = Logger.getLogger(AuditStore.class.getName());
    try (AuditStore store = AuditStore.open(database)) {
      for (int days = 93; days >= 0; days--) {
        store.append(event(days));
      }
      execute(database, "UPDATE security_events SET details = 'n=9' WHERE id = 50");
      log.setFilter(line -> {
        logged.add(new SimpleFormatter().formatMessage(line));
        return false;
      });
    } finally {
      log.setFilter(null);
    }
    assertThat(logged)
        .singleElement(STRING)
        .contains("Nothing is deleted from security_events", "at id 50, it was changed")
        .endsWith("See: initrunner audit verify");
    assertThat(ALL.run(database)).hasSize(94);
  }

  private static AuditEvent event(int daysOld) {
    return new AuditEvent(
        Instant.parse("2026-06-30T12:00:00Z").minusSeconds(daysOld * 86_400L),
        "sandbox.exec",
        daysOld + " days old",
        AppendingProcess.event("", 0).details());
  }

  @Test
  void closingDeletesNothingThatWasChangedAndSaysSo() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      for (int days = 6; days >= 0; days--) {
        store.append(event(days));
      }
    }
    execute(
        database,
        "UPDATE security_events SET timestamp = '2020-01-01T00:00:00.000000+00:00' WHERE id <= 6");
    AuditStore.open(database).close();
    assertThat(ALL.run(database)).hasSize(7);
    try (AuditStore store = AuditStore.open(database)) {
      assertThatExceptionOfType(AuditException.class)
          .isThrownBy(() -> store.prune(Instant.parse("2026-07-30T12:00:00Z")))
          .withMessageContaining("Nothing is deleted from security_events")
          .withMessageContaining("at id 1, it was changed");
    }
    assertThat(
            ChainCheck.report(database, ChainKey.beside(database)).results().getLast().firstBreak())
        .isPresent();
  }

  @Test
  @Tag("slow")
  void theUnpackedLibraryOfTheBuildIsUsed() throws Exception {
    unpackLibrary(directory.resolve("lib/sqlite-jdbc"));
    Process process =
        AppendingProcess.start(
            List.of("env", "JAVA_TOOL_OPTIONS=-Dinitrunner.build=" + directory),
            Path.of("/proc/nothing-can-be-extracted-here"),
            System.getProperty("java.class.path"),
            List.of(directory.resolve("audit.db").toString(), "agent", "3"));
    AppendingProcess.awaitAppended(process.inputReader(), 2);
    assertThat(process.waitFor()).isZero();
    assertThat(ALL.run(directory.resolve("audit.db"))).hasSize(3);
  }

  private static void unpackLibrary(Path target) throws IOException {
    String name =
        LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
    Path library = Path.of(target + name);
    Files.createDirectories(library.getParent());
    try (InputStream packed = JDBC.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(packed), library);
    }
  }

  private static void assertRefused(Path database, String message, String remedy) {
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(() -> AuditStore.open(database).close())
        .withMessageContaining(message)
        .withMessageContaining(database.toString())
        .satisfies(e -> assertThat(e.remedy()).contains(remedy));
  }

  private static Path beside(Path database, String suffix) {
    return database.resolveSibling(database.getFileName() + suffix);
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static void execute(Path database, String... statements) throws SQLException {
    DatabaseFile.ensure(database);
    try (Connection connection = SqliteDriver.openToWrite(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static List<String> query(Path database, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = SqliteDriver.openToRead(database);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        values.add(result.getString(1));
      }
    }
    return values;
  }
}
