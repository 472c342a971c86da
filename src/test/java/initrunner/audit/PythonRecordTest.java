package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.audit.ChainCheck.Anchor;
import initrunner.audit.ChainCheck.Break;
import initrunner.audit.ChainCheck.Reason;
import initrunner.text.CanonicalJson;
import initrunner.text.Hmac;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A database that the Python InitRunner wrote: two runs from before it signed, five that it
/// signed, and events, which it does not sign.
class PythonRecordTest {

  @TempDir private Path home;
  private Path database;
  private Map<String, String> environment = Map.of();

  @BeforeEach
  void record() throws SQLException {
    database = home.resolve("audit.db");
    environment = Map.of("INITRUNNER_HOME", home.toString());
    Hmac key = ChainKey.beside(database).toSign();
    DatabaseFile.ensure(database);
    try (Connection connection = SqliteDriver.openToWrite(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE audit_log (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL,"
              + " agent_name TEXT NOT NULL, timestamp TEXT NOT NULL, user_prompt TEXT NOT NULL,"
              + " model TEXT NOT NULL, provider TEXT NOT NULL, output TEXT NOT NULL,"
              + " tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL,"
              + " total_tokens INTEGER NOT NULL, thinking_tokens INTEGER NOT NULL DEFAULT 0,"
              + " reasoning_tokens INTEGER NOT NULL DEFAULT 0, tool_calls INTEGER NOT NULL,"
              + " duration_ms INTEGER NOT NULL, success BOOLEAN NOT NULL, error TEXT,"
              + " trigger_type TEXT, trigger_metadata TEXT, event_timeline_json TEXT,"
              + " judge_verdicts TEXT, principal_id TEXT, tool_names TEXT, prev_hash TEXT,"
              + " record_hash TEXT)");
      statement.execute(
          "CREATE TABLE security_events (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT"
              + " NULL, event_type TEXT NOT NULL, agent_name TEXT NOT NULL, details TEXT NOT NULL,"
              + " source_ip TEXT, principal_id TEXT)");
      statement.execute("CREATE TABLE delegate_events (id INTEGER PRIMARY KEY AUTOINCREMENT)");
      statement.execute(
          "INSERT INTO security_events (timestamp, event_type, agent_name, details) VALUES"
              + " ('2026-01-31T08:30:00+00:00', 'sandbox.exec', 'a', 'not key and value')");
      Optional<String> previous = Optional.empty();
      for (int run = 1; run <= 7; run++) {
        previous =
            insert(connection, run, run <= 2 ? Optional.empty() : Optional.of(key), previous);
      }
    }
  }

  /// Signs as its documents say; the signature of the row.
  private static Optional<String> insert(
      Connection connection, int run, Optional<Hmac> key, Optional<String> previous)
      throws SQLException {
    SortedMap<String, Optional<Object>> fields = new TreeMap<>();
    for (String column : Chain.RUNS.signedColumns()) {
      fields.put(column, Optional.of(column + run));
    }
    for (String column :
        List.of(
            "tokens_in",
            "tokens_out",
            "total_tokens",
            "thinking_tokens",
            "reasoning_tokens",
            "tool_calls",
            "duration_ms")) {
      fields.put(column, Optional.of(run));
    }
    fields.put("timestamp", Optional.of("2026-01-31T08:30:00.12345" + run + "+00:00"));
    fields.put("success", Optional.of(true));
    fields.put("trigger_type", Optional.empty());
    fields.put("tool_names", Optional.of("[\"run_shell\", \"caf\u00e9\"]"));
    Optional<String> hash =
        key.map(hmac -> hmac.sign(previous.orElse("") + CanonicalJson.of(fields)));
    List<Optional<?>> values = new ArrayList<>(fields.values());
    values.add(hash.isPresent() ? previous : Optional.empty());
    values.add(hash);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO audit_log ("
                + String.join(", ", fields.keySet())
                + ", prev_hash, record_hash) VALUES ("
                + String.join(", ", Collections.nCopies(values.size(), "?"))
                + ")")) {
      for (int i = 0; i < values.size(); i++) {
        insert.setObject(i + 1, values.get(i).orElse(null));
      }
      insert.executeUpdate();
    }
    return hash;
  }

  @Test
  void itsRunsAreVerifiedAndItsEventsAreCounted() {
    ChainCheck.Report report = report();
    assertThat(report.results())
        .containsExactly(
            new ChainCheck.Result("audit_log", 2, 5, Optional.empty()),
            new ChainCheck.Result("security_events", 1, 0, Optional.empty()));
    assertThat(report.anchor()).isEqualTo(Anchor.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UPDATE audit_log SET output = 'x' WHERE id = 4|4|HASH_MISMATCH",
        "UPDATE audit_log SET success = 0 WHERE id = 7|7|HASH_MISMATCH",
        "UPDATE audit_log SET record_hash = NULL WHERE id = 5|5|MISSING_HASH_AFTER_CHAIN_START",
        "UPDATE audit_log SET record_hash = NULL WHERE id = 3|3|MISSING_HASH_AFTER_CHAIN_START",
        "UPDATE audit_log SET record_hash = NULL WHERE id = 7|7|MISSING_HASH_AFTER_CHAIN_START",
        "UPDATE audit_log SET prev_hash = NULL WHERE id = 5|5|PREV_HASH_MISMATCH",
        "DELETE FROM audit_log WHERE id = 5|6|RECORDS_MISSING",
        "DELETE FROM audit_log WHERE id = 7|7|RECORDS_MISSING",
      })
  void whatIsChangedOrDeletedIsNamed(String sql, long id, Reason reason) throws SQLException {
    execute(sql);
    assertThat(report().results().getFirst().firstBreak())
        .hasValueSatisfying(found -> {
          assertThat(found.id()).isEqualTo(id);
          assertThat(found.reason()).isEqualTo(reason);
        });
  }

  @Test
  void withoutItsKeyItIsNotVerified() throws Exception {
    Files.delete(home.resolve("audit_hmac.key"));
    assertThat(report().results().getFirst().firstBreak().map(Break::reason))
        .contains(Reason.KEY_MISSING);
  }

  @Test
  void itIsReadAndNeverWrittenAndOursIsBesideIt() throws Exception {
    byte[] before = Files.readAllBytes(database);
    assertThatExceptionOfType(AuditException.class)
        .isThrownBy(() -> AuditStore.open(database).close())
        .withMessageContaining("is the audit log of the Python InitRunner");
    assertThat(AuditLocation.toRead(environment, Optional.empty())).containsExactly(database);
    AuditLocation place = AuditLocation.of(environment, Optional.empty());
    assertThat(place.database()).isEqualTo(home.resolve("audit-jvm.db"));
    try (AuditStore store = AuditStore.open(place.database(), ChainKey.of(environment, place))) {
      store.append(AppendingProcess.event("agent", 1));
      store.append(AuditRuns.run("run1"));
    }
    assertThat(database).hasBinaryContent(before);
    assertThat(AuditLocation.toRead(environment, Optional.empty()))
        .containsExactly(place.database(), database);
    assertThat(report().results()).allMatch(result -> result.firstBreak().isEmpty());
    assertThat(ChainCheck.report(place.database(), ChainKey.of(environment, place)).results())
        .allMatch(result -> result.firstBreak().isEmpty() && result.signed() == 1);
  }

  @Test
  void itsRowsAreExportedAndItsEventsListedAsTheyAre() {
    List<Map<String, Optional<Object>>> rows = new ArrayList<>();
    new AuditExport(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new AuditExport.Period(Optional.empty(), Optional.empty()),
            Optional.empty())
        .run(database, rows::add);
    assertThat(rows).hasSize(8);
    assertThat(
            new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), 10).run(database))
        .extracting(AuditQuery.Event::details)
        .containsExactly("not key and value");
  }

  /// What is ours stays ours, also where another program adds tables.
  @Test
  void oursIsNotTakenForItsAfterItOpenedOurs() throws Exception {
    Path ours = home.resolve("ours.db");
    AuditStore.open(ours).close();
    try (Connection connection = SqliteDriver.openToWrite(ours);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE delegate_events (id INTEGER PRIMARY KEY)");
      statement.execute("CREATE TABLE pending_approvals (id INTEGER PRIMARY KEY)");
    }
    try (AuditStore store = AuditStore.open(ours)) {
      store.append(AppendingProcess.event("agent", 1));
    }
    assertThat(ChainCheck.report(ours, ChainKey.beside(ours)).results())
        .allMatch(result -> result.firstBreak().isEmpty());
  }

  private ChainCheck.Report report() {
    return ChainCheck.report(database, ChainKey.beside(database));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = SqliteDriver.openToWrite(database);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isOne();
    }
  }
}
