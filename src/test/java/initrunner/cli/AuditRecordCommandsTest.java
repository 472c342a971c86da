package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.audit.AuditEvent;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditRuns;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `audit export` and `audit verify`.
class AuditRecordCommandsTest {

  private static final Instant OLD = Instant.parse("2190-01-31T11:00:00Z");
  private static final Instant NOON = Instant.parse("2190-01-31T12:00:00Z");

  private static final String ROLE =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata:
        name: cloned-agent
      spec:
        role: You are brief.
        model: {provider: openai, name: gpt-5-mini}
      """;

  @TempDir private Path home;
  private Map<String, String> environment = Map.of();

  @BeforeEach
  void record() {
    environment = Map.of("INITRUNNER_HOME", home.toString());
    AuditLocation place = AuditLocation.of(environment, Optional.empty());
    try (AuditStore store = AuditStore.open(place.database(), ChainKey.of(environment, place))) {
      store.append(AuditRuns.run("aaaaaaaaaaaa", OLD));
      store.append(AuditRuns.run("bbbbbbbbbbbb", NOON));
      store.append(event("agent", OLD, "one"));
      store.append(event("ann", NOON, "two"));
      store.append(event("agent", NOON, "three"));
    }
  }

  private static AuditEvent event(String agent, Instant time, String argv0) {
    return new AuditEvent(time, "sandbox.exec", agent, new LinkedHashMap<>(Map.of("argv0", argv0)));
  }

  @Test
  void anAgentsRunsAndEventsAreExported() throws IOException {
    assertThat(exported("--agent", "agent"))
        .containsExactly("aaaaaaaaaaaa", "argv0=one", "bbbbbbbbbbbb", "argv0=three");
    assertThat(exported("--agent", "ann")).containsExactly("argv0=two");
    assertThat(exported("--agent", "nobody")).isEmpty();
  }

  @Test
  void onlyWhatIsNotOlderIsExported() throws IOException {
    assertThat(exported("--since", "2190-01-31T12:00"))
        .containsExactly("bbbbbbbbbbbb", "argv0=two", "argv0=three");
    assertThat(exported("--since", "2190-01-31T12:00", "--agent", "agent"))
        .containsExactly("bbbbbbbbbbbb", "argv0=three");
  }

  @Test
  void theFileIsNewWholeAndItsOwnersOnly() throws IOException {
    Path file = home.resolve("all.json");
    CapturedConsole console = console();

    assertThat(console.run("audit", "export", "-o", file.toString())).isEqualTo(ExitCodes.OK);

    assertThat(console.stdout() + console.stderr()).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(names(Files.readString(file))).hasSize(5);
  }

  @Test
  void aFileThatIsThereIsLeftAsItIs() throws IOException {
    Path file = Files.writeString(home.resolve("mine"), "precious");
    CapturedConsole console = console();

    assertThat(console.run("audit", "export", "-o", file.toString())).isEqualTo(ExitCodes.USAGE);

    assertThat(console.stderr()).contains("'" + file + "' is there already; name a new file");
    assertThat(file).hasContent("precious");
  }

  @Test
  void whereThereIsNothingToExportNoFileIsLeft() {
    Path file = home.resolve("none.json");
    CapturedConsole console = console();

    assertThat(
            console.run("audit", "export", "--audit-db", home + "/none.db", "-o", file.toString()))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(console.stderr()).contains("none.db");
    assertThat(file).doesNotExist();
  }

  @Test
  void aRecordThatHoldsIsVerified() {
    CapturedConsole console = console();

    assertThat(console.run("audit", "verify")).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).isEqualTo("audit_log: 2 verified\nsecurity_events: 3 verified\n");
  }

  @Test
  void aChangedRecordIsNamedAndTheStatusIsOne() throws Exception {
    change("UPDATE security_events SET details = 'argv0=other' WHERE id = 2");
    change("UPDATE audit_log SET success = 0 WHERE id = 1");
    CapturedConsole console = console();

    assertThat(console.run("audit", "verify")).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stdout().lines())
        .containsExactly(
            "audit_log: 0 verified",
            "audit_log: BROKEN at id 1 (hash_mismatch): it was changed, or signed with another key"
                + " than this",
            "security_events: 1 verified",
            "security_events: BROKEN at id 2 (hash_mismatch): it was changed, or signed with"
                + " another key than this");
  }

  @Test
  void aDeletedRecordIsNamedAndTheStatusIsOne() throws Exception {
    change("DELETE FROM audit_log WHERE id = 2");
    CapturedConsole console = console();

    assertThat(console.run("audit", "verify")).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stdout())
        .contains("audit_log: BROKEN at id 2 (records_missing)", "security_events: 3 verified");
  }

  @Test
  void noDotEnvBesideARoleChoosesTheRecordOrItsKey() throws Exception {
    Path elsewhere = home.resolve("elsewhere");
    Path role =
        Files.writeString(Files.createDirectory(home.resolve("cloned")).resolve("a.yaml"), ROLE);
    Path turns = Files.writeString(home.resolve("turns.json"), "[{\"text\": \"Well.\"}]");
    for (String line :
        List.of(
            "INITRUNNER_HOME=" + elsewhere,
            ChainKey.VARIABLE + "=" + "ab".repeat(32),
            "INITRUNNER_AUDIT_DB=" + elsewhere.resolve("audit.db"))) {
      Files.writeString(role.resolveSibling(".env"), line + "\n");
      String[] run = {"run", role.toString(), "--replay", turns.toString(), "-p", "Go."};
      String[] session = {"run", role.toString(), "--replay", turns.toString(), "-p", "Go.", "-i"};

      assertThat(console().run(run)).isEqualTo(ExitCodes.OK);
      assertThat(console().run(session)).isEqualTo(ExitCodes.OK);
    }
    CapturedConsole verify = console();

    assertThat(verify.run("audit", "verify")).as(verify.stdout()).isEqualTo(ExitCodes.OK);
    assertThat(verify.stdout()).isEqualTo("audit_log: 8 verified\nsecurity_events: 3 verified\n");
    assertThat(elsewhere).doesNotExist();
  }

  @Test
  void withoutADatabaseThereIsNothingToVerify() {
    CapturedConsole console = console();

    assertThat(console.run("audit", "verify", "--audit-db", home + "/none.db"))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(console.stderr()).contains("none.db");
  }

  private void change(String sql) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + home.resolve("audit.db"));
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isOne();
    }
  }

  private List<String> exported(String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("audit", "export"));
    command.addAll(List.of(options));
    CapturedConsole console = console();
    assertThat(console.run(command.toArray(String[]::new))).isEqualTo(ExitCodes.OK);
    return names(console.stdout());
  }

  /// The ids of runs and the details of events.
  private static List<String> names(String json) throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode row : new ObjectMapper().readTree(json)) {
      names.add(row.path(row.has("run_id") ? "run_id" : "details").asText());
    }
    return names;
  }

  private CapturedConsole console() {
    return CapturedConsole.of(environment);
  }
}
