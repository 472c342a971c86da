package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.ChainCheck.Reason;
import initrunner.text.Timestamps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What someone can do who writes the database but neither reads the key nor writes beside it.
class ManipulationTest {

  private static final int MANIPULATIONS = 1000;
  private static final Retention SHORT = new Retention(Duration.ofDays(1), 2);

  @TempDir(factory = InMemory.class)
  private Path directory;

  private Path database;
  private Path older;
  private ChainKey key;

  /// Each of the manipulations is followed by records that wait for the disk.
  static final class InMemory implements TempDirFactory {

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
        throws IOException {
      Path memory = Path.of("/dev/shm");
      return Files.isWritable(memory)
          ? Files.createTempDirectory(memory, "initrunner-test")
          : Files.createTempDirectory("initrunner-test");
    }
  }

  @BeforeEach
  void record() throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    key = new ChainKey(Optional.empty(), home.resolve("audit_hmac.key"));
    database = Files.createDirectory(directory.resolve("data")).resolve("audit.db");
    older = directory.resolve("older.db");
    earlierVersion();
    append(4);
    append(3);
    prune(new Retention(Duration.ofDays(90), 8));
    Files.copy(database, older);
    append(3);
    Files.copy(database, directory.resolve("whole.db"));
    copy(home, directory.resolve("kept"));
    assertThat(breaks()).isEmpty();
  }

  /// Three events that are not signed, of which one is not pruned.
  private void earlierVersion() throws SQLException {
    DatabaseFile.ensure(database);
    try (Connection connection = SqliteDriver.openToWrite(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE security_events (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT"
              + " NULL, event_type TEXT NOT NULL, agent_name TEXT NOT NULL, details TEXT NOT NULL,"
              + " source_ip TEXT, principal_id TEXT)");
      for (int i = 1; i <= 3; i++) {
        statement.execute(
            "INSERT INTO security_events (timestamp, event_type, agent_name, details) VALUES"
                + " ('"
                + Timestamps.format(Instant.now().minus(Duration.ofDays(4 - i)))
                + "', 'sandbox.exec', 'old', 'n="
                + i
                + "')");
      }
    }
  }

  private void append(int count) {
    try (AuditStore store = AuditStore.open(database, key)) {
      for (int i = 1; i <= count; i++) {
        store.append(AppendingProcess.event("agent", i));
        store.append(AuditRuns.run("run" + i));
      }
    }
  }

  private void prune(Retention retention) {
    try (AuditStore store = AuditStore.open(database, key, retention)) {
      store.prune(Instant.now());
    }
  }

  @Test
  @Tag("slow")
  void eachOfAThousandIsFoundAndNoneOfEachThirdIsHiddenByPruningOrByWhatIsRecordedAfterIt()
      throws Exception {
    long seed = System.nanoTime();
    Manipulation manipulation = new Manipulation(new Random(seed));
    Map<String, List<String>> whole = contents();
    int done = 0;
    while (done < MANIPULATIONS) {
      restore();
      List<String> statements = manipulation.next();
      Map<String, List<String>> changed = change(statements);
      if (changed.equals(whole)) {
        continue;
      }
      done++;
      String what = "seed " + seed + ", " + done + ": " + statements;
      assertThat(breaks()).as(what).isNotEmpty();
      if (done % 3 == 0 && loses(whole, changed)) {
        goOn();
        assertThat(breaks()).as("gone on after " + what).isNotEmpty();
      }
    }
  }

  /// Whether records or their signatures are not what they were: tables that hold none, and
  /// SQLite's count, are made right by the next record.
  private static boolean loses(Map<String, List<String>> whole, Map<String, List<String>> changed) {
    TreeMap<String, List<String>> before = new TreeMap<>(whole);
    TreeMap<String, List<String>> after = new TreeMap<>(changed);
    before.remove("sqlite_sequence");
    after.remove("sqlite_sequence");
    return !before.equals(after);
  }

  /// Prunes, records and prunes, as far as the database lets that happen.
  private void goOn() {
    try (AuditStore store = AuditStore.open(database, key, SHORT)) {
      store.append(AppendingProcess.event("later", 1));
      store.append(AuditRuns.run("later"));
      store.prune(Instant.now());
    } catch (AuditException e) {
      assertThat(e.remedy()).isNotBlank();
    }
  }

  /// Of the events, 1 and 2 are pruned, 3 is from before signing, and 4 to 13 are signed.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          UPDATE security_events SET details = 'n=9' WHERE id = 3          | 3 HASH_MISMATCH
          UPDATE security_events SET details = 'n=9' WHERE id IN (3, 9)    | 3 HASH_MISMATCH
          DELETE FROM security_events WHERE id = 3                         | 3 HASH_MISMATCH
          DELETE FROM security_events                                      | 3 HASH_MISMATCH
          INSERT INTO security_events SELECT 2, ROW WHERE id = 3           | 2 RECORDS_MISSING
          UPDATE security_events SET id = 2 WHERE id = 3                   | 2 RECORDS_MISSING
          INSERT INTO security_event_signatures SELECT 3, HASHES           | 3 HASH_MISMATCH
          INSERT INTO security_event_signatures SELECT 2, HASHES           | 2 RECORDS_MISSING
          INSERT INTO security_event_signatures SELECT 0, HASHES           | 0 RECORDS_MISSING
          INSERT INTO security_event_signatures SELECT 14, HASHES          | 14 RECORDS_MISSING
          DELETE FROM security_event_signatures WHERE event_id = 4         | 4 MISSING_HASH_AFTER_CHAIN_START
          DELETE FROM security_events WHERE id = 4                         | 5 RECORDS_MISSING
          DELETE FROM security_events WHERE id = 9                         | 10 RECORDS_MISSING
          DELETE FROM security_events WHERE id >= 9                        | 13 RECORDS_MISSING
          UPDATE security_events SET details = 'n=9' WHERE id = 9          | 9 HASH_MISMATCH
          UPDATE sqlite_sequence SET seq = 14 WHERE name = 'security_events' | 13 SEQUENCE_MISMATCH
          """)
  void aChangeIsFoundAtItsPlace(String sql, String expected) throws Exception {
    try (Connection connection = SqliteDriver.openToWrite(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          sql.replace(
                  "ROW", "timestamp, event_type, agent_name, details, '', '' FROM security_events")
              .replace("HASHES", "prev_hash, record_hash FROM security_event_signatures LIMIT 1"));
    }
    assertThat(ChainCheck.report(database, key).results())
        .flatMap(result -> result.firstBreak().stream().toList())
        .extracting(found -> found.id() + " " + found.reason())
        .containsExactly(expected);
  }

  @Test
  void anOlderCopyThatIsPutBackIsFoundAndStaysFound() throws Exception {
    Files.copy(older, database, StandardCopyOption.REPLACE_EXISTING);
    assertThat(breaks()).contains(Reason.ROLLED_BACK);
    goOn();
    assertThat(breaks()).contains(Reason.RECORDS_MISSING);
    Files.copy(directory.resolve("whole.db"), database, StandardCopyOption.REPLACE_EXISTING);
    assertThat(breaks()).contains(Reason.ROLLED_BACK);
  }

  /// As by one who has a home of his own with the same key.
  @Test
  void anOlderCopyThatWentOnWhereNothingWasKeptOfItIsFound() throws Exception {
    Files.copy(older, database, StandardCopyOption.REPLACE_EXISTING);
    Path ends = EndsFile.directory(key);
    Path aside = Files.move(ends, directory.resolve("aside"));
    append(9);
    assertThat(breaks()).isEmpty();
    Files.move(ends, directory.resolve("other"));
    Files.move(aside, ends);
    assertThat(breaks()).contains(Reason.REPLACED);
  }

  @Test
  void aDatabaseThatIsEmptiedRemovedOrReplacedIsFoundAndStaysFound() throws Exception {
    Path another = directory.resolve("another.db");
    try (AuditStore store = AuditStore.open(another, key)) {
      store.append(AppendingProcess.event("agent", 1));
    }
    Files.write(database, new byte[0]);
    assertThat(breaks()).isNotEmpty();
    goOn();
    assertThat(breaks()).isNotEmpty();
    Files.delete(database);
    goOn();
    assertThat(breaks()).isNotEmpty();
    Files.copy(another, database, StandardCopyOption.REPLACE_EXISTING);
    assertThat(breaks()).contains(Reason.REPLACED);
    goOn();
    assertThat(breaks()).contains(Reason.REPLACED);
  }

  private List<Reason> breaks() {
    return ChainCheck.report(database, key).results().stream()
        .flatMap(result -> result.firstBreak().stream())
        .map(ChainCheck.Break::reason)
        .toList();
  }

  private void restore() throws IOException {
    for (String suffix : List.of("-wal", "-shm", "-journal")) {
      Files.deleteIfExists(database.resolveSibling(database.getFileName() + suffix));
    }
    Files.copy(directory.resolve("whole.db"), database, StandardCopyOption.REPLACE_EXISTING);
    copy(directory.resolve("kept"), key.file().resolveSibling(""));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /// What is in the database after these statements; one that SQLite refuses is left out.
  private Map<String, List<String>> change(List<String> statements) throws SQLException {
    try (Connection connection = SqliteDriver.openToWrite(database);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("ATTACH '" + older + "' AS older");
      for (String sql : statements) {
        try {
          statement.execute(sql);
        } catch (SQLException e) {
          assertThat(SqliteDriver.isBusy(e)).as(e.toString()).isFalse();
        }
      }
      return contents(statement);
    }
  }

  private Map<String, List<String>> contents() throws SQLException {
    try (Connection connection = SqliteDriver.openToRead(database);
        Statement statement = connection.createStatement()) {
      return contents(statement);
    }
  }

  /// All rows of all tables, with the types of their values.
  private static Map<String, List<String>> contents(Statement statement) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet names =
        statement.executeQuery("SELECT name FROM main.sqlite_master WHERE type = 'table'")) {
      while (names.next()) {
        tables.add(names.getString(1));
      }
    }
    TreeMap<String, List<String>> contents = new TreeMap<>();
    for (String table : tables) {
      List<String> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery("SELECT * FROM main." + table)) {
        while (result.next()) {
          StringBuilder row = new StringBuilder();
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            Object value = result.getObject(i);
            row.append(result.getMetaData().getColumnName(i))
                .append('=')
                .append(value == null ? "" : value.getClass().getSimpleName() + value.hashCode())
                .append(';');
          }
          rows.add(row.toString());
        }
      }
      contents.put(table, rows.stream().sorted().toList());
    }
    return contents;
  }
}
