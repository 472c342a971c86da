package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.audit.AuditEvent;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditRuns;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.cli.console.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void aDirectoryThatIsNotThereIsAUsageErrorOfTheOption() throws IOException {
    Path file = Files.writeString(home.resolve("mine"), "precious");
    for (Path output : List.of(home.resolve("none/all.json"), file.resolve("all.json"))) {
      CapturedConsole console = console();

      assertThat(console.run("audit", "export", "-o", output.toString()))
          .as(output.toString())
          .isEqualTo(ExitCodes.USAGE);

      assertThat(console.stderr())
          .contains("--output cannot be written: " + output, "name a new file in a directory");
    }
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
  void whatTheOtherInitRunnersUsersTypeIsTaken() throws IOException {
    assertThat(console().run("audit", "verify-chain")).isEqualTo(ExitCodes.OK);
    assertThat(exported("--run-id", "aaaaaaaaaaaa")).containsExactly("aaaaaaaaaaaa");
    assertThat(exported("--until", "2190-01-31T11:30"))
        .containsExactly("aaaaaaaaaaaa", "argv0=one");
    assertThat(exported("--until", "2190-01-31T12:00", "--since", "2190-01-31T11:30"))
        .containsExactly("bbbbbbbbbbbb", "argv0=two", "argv0=three");
    assertThat(exported("--trigger-type", "cli")).containsExactly("aaaaaaaaaaaa", "bbbbbbbbbbbb");
    assertThat(exported("--trigger-type", "resume")).isEmpty();
    assertThat(exported("--limit", "2")).containsExactly("argv0=two", "argv0=three");
    assertThat(exported("--limit", "1", "--agent", "agent")).containsExactly("argv0=three");
    assertThat(exported("--limit", "99")).hasSize(5);
    assertThat(exported("--limit", "all")).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "export --until soon|--until 'soon': allowed is",
        "export --limit 0|--limit '0': allowed is a whole number",
        "export --limit few|--limit 'few': allowed is a whole number from 1 to 999999999, or all",
        "export --since soon --limit few|--limit 'few': allowed is a whole number",
        "export --limit all --format xml|--format 'xml': allowed is table, json, jsonl, csv",
        "prune --retention-days 0|--retention-days '0': allowed is a whole number",
        "prune --max-records -1|--max-records '-1': allowed is a whole number",
      })
  void aValueThatIsNoneIsNamed(String command, String fault) {
    CapturedConsole console = console();

    assertThat(console.run(("audit " + command).split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains(fault);
  }

  @Test
  void whatAPersonPrunesIsSaidAndNoted() throws IOException {
    CapturedConsole asked = console();
    assertThat(asked.run("audit", "prune", "--max-records", "1")).isEqualTo(ExitCodes.FAILED);
    assertThat(asked.stdout())
        .contains("security_events: 2 records go, ids 1 to 2", "Nothing is deleted.");
    assertThat(asked.stderr()).contains("--yes does it without a question");
    assertThat(exported()).hasSize(5);

    CapturedConsole console = console();
    assertThat(console.run("audit", "prune", "--max-records", "1", "--yes"))
        .isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).contains("audit_log: 1 records go").endsWith("deleted: 3\n");
    CapturedConsole verify = console();
    assertThat(verify.run("audit", "verify")).isEqualTo(ExitCodes.OK);
    assertThat(verify.stdout().lines())
        .hasSize(4)
        .contains("audit_log: 1 verified", "security_events: 1 verified")
        .anyMatch(line ->
            line.startsWith("security_events: 2 pruned on ")
                && line.endsWith(
                    ", ids 1 to 2, recorded from 2190-01-31T11:00:00.000000+00:00 to"
                        + " 2190-01-31T12:00:00.000000+00:00"));
    assertThat(console().run("audit", "prune", "--retention-days", "1")).isEqualTo(ExitCodes.OK);
    assertThat(console().run("audit", "prune", "--audit-db", home + "/none.db"))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(home.resolve("none.db")).doesNotExist();
  }

  @Test
  void whatARoleSaysOfItsRecordsHoldsUnlessAPersonOrTheEnvironmentSaysOtherwise() throws Exception {
    Path role =
        Files.writeString(
            home.resolve("role.yaml"),
            ROLE + "  security: {sandbox: {backend: none}, audit: {max_records: 2}}\n");
    Files.delete(home.resolve("audit.db"));
    try (var kept = Files.newDirectoryStream(home.resolve("audit_ends"))) {
      for (Path file : kept) {
        Files.delete(file);
      }
    }
    for (int i = 0; i < 2; i++) {
      assertThat(console().run("exec", role.toString(), "--", "true")).isZero();
    }
    CapturedConsole asked = console();
    assertThat(asked.run("audit", "prune")).isEqualTo(ExitCodes.FAILED);
    assertThat(asked.stdout())
        .contains(
            "Kept: 90 days, and the newest 100000 of each table",
            "Kept of cloned-agent, as its role says: 90 days, and the newest 2 of each table",
            "security_events: 2 records go, ids 1 to 2");
    CapturedConsole person = console();
    assertThat(person.run("audit", "prune", "--max-records", "3")).isEqualTo(ExitCodes.FAILED);
    assertThat(person.stdout())
        .contains("security_events: 1 records go, ids 1 to 1")
        .doesNotContain("cloned-agent");
    CapturedConsole set =
        CapturedConsole.of(
            Map.of("INITRUNNER_HOME", home.toString(), "INITRUNNER_AUDIT_MAX_RECORDS", "9"));
    assertThat(set.run("audit", "prune")).isZero();
    assertThat(set.stdout()).contains("newest 9").doesNotContain("cloned-agent");
    assertThat(console().run("audit", "prune", "--yes")).isZero();
    assertThat(console().run("audit", "verify")).isZero();
  }

  private String checkpoint() {
    CapturedConsole console = console();
    assertThat(console.run("audit", "checkpoint")).isEqualTo(ExitCodes.OK);
    return console.stdout().strip();
  }

  private CapturedConsole verified(int status, String tip) {
    CapturedConsole console = console();
    assertThat(console.run("audit", "verify", "--tip", tip)).as(console::stdout).isEqualTo(status);
    return console;
  }

  private AuditStore open() {
    AuditLocation place = AuditLocation.of(environment, Optional.empty());
    return AuditStore.open(place.database(), ChainKey.of(environment, place));
  }

  @Test
  void anAuditLogGoesOnFromItsCheckpoint() {
    String tip = checkpoint();
    assertThat(verified(ExitCodes.OK, tip).stdout()).contains("goes on from the checkpoint");
    try (AuditStore store = open()) {
      store.append(event("agent", NOON, "four"));
    }
    verified(ExitCodes.OK, tip);
    assertThat(console().run("audit", "prune", "--max-records", "1", "--yes")).isZero();
    assertThat(verified(ExitCodes.OK, tip).stdout()).contains("goes on from the checkpoint");
  }

  @Test
  void aCheckpointSaysWhatItIsOfAndHowItIsVerified() {
    String database = home.resolve("audit.db").toString();
    List<String> lines = checkpoint().lines().toList();
    assertThat(lines.getFirst()).isEqualTo("Audit log  " + database);
    assertThat(lines.get(1)).matches("Made at    20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    assertThat(lines.get(2)).isEqualTo("Records    2 in audit_log, 3 in security_events");
    assertThat(lines.get(3)).matches("Key id     [0-9a-f]{16}");
    assertThat(lines.getLast()).startsWith("initrunner audit verify --tip initrunner1.");

    CapturedConsole pasted = console();
    List<String> words = List.of(lines.getLast().split(" "));
    assertThat(pasted.run(words.subList(1, words.size()).toArray(String[]::new))).isZero();
    assertThat(pasted.stdout()).contains("goes on from the checkpoint");

    CapturedConsole named = console();
    assertThat(named.run("audit", "checkpoint", "--audit-db", database)).isZero();
    assertThat(named.stdout()).contains("verify --audit-db " + database + " --tip initrunner1.");
  }

  @Test
  void aCheckpointIsTakenInEachFormThatItHas() throws Exception {
    CapturedConsole console = console();
    assertThat(console.run("audit", "checkpoint", "--json")).isZero();
    String json = console.stdout();
    assertThat(json.lines()).hasSize(1);
    assertThat(json)
        .contains("\"records\":{\"audit_log\":2,\"security_events\":3}", "\"key_id\":\"");
    String text = checkpoint();
    String word = text.substring(text.lastIndexOf(' ') + 1);
    String lastLine = text.lines().toList().getLast();
    for (String each : List.of(json, text, word, lastLine, "initrunner1.x " + word + "\n")) {
      assertThat(verified(ExitCodes.OK, each).stdout()).contains("goes on from the checkpoint");
    }
    try (AuditStore store = open()) {
      store.append(event("agent", NOON, "four"));
    }
    String later = checkpoint();
    change("DELETE FROM security_events WHERE id = 4");
    assertThat(verified(ExitCodes.FAILED, text + later).stdout()).contains("BROKEN");
  }

  @Test
  void aPrunedRecordOfACheckpointIsSaid() {
    String tip = checkpoint();
    try (AuditStore store = open()) {
      store.append(event("agent", NOON, "four"));
      store.append(event("agent", NOON, "five"));
    }
    assertThat(console().run("audit", "prune", "--max-records", "1", "--yes")).isZero();
    assertThat(verified(ExitCodes.OK, tip).stdout())
        .contains("security_events: record 3 of the checkpoint was pruned since");
  }

  /// As a program can that reads the key: what it writes is signed rightly.
  @Test
  void anAuditLogThatWasWrittenAnewDoesNotFitTheCheckpoint() throws Exception {
    String tip = checkpoint();
    Files.delete(home.resolve("audit.db"));
    try (var kept = Files.newDirectoryStream(home.resolve("audit_ends"))) {
      for (Path file : kept) {
        Files.delete(file);
      }
    }
    record();
    assertThat(console().run("audit", "verify")).isEqualTo(ExitCodes.OK);
    assertThat(verified(ExitCodes.FAILED, tip).stdout()).contains("BROKEN: this is another");
  }

  @Test
  void anOlderCopyOfTheAuditLogDoesNotFitTheCheckpoint() throws Exception {
    Path copy = home.resolve("copy");
    Files.createDirectories(copy.resolve("audit_ends"));
    Files.copy(home.resolve("audit.db"), copy.resolve("audit.db"));
    try (AuditStore store = open()) {
      store.append(event("agent", NOON, "four"));
    }
    String tip = checkpoint();
    Files.copy(
        copy.resolve("audit.db"), home.resolve("audit.db"), StandardCopyOption.REPLACE_EXISTING);
    try (var kept = Files.newDirectoryStream(home.resolve("audit_ends"))) {
      for (Path file : kept) {
        Files.delete(file);
      }
    }
    assertThat(console().run("audit", "verify")).isEqualTo(ExitCodes.OK);
    assertThat(verified(ExitCodes.FAILED, tip).stdout())
        .contains("BROKEN: security_events: record 4 of the checkpoint is not there");
  }

  @Test
  void aWordThatIsNoCheckpointIsAUsageError() {
    for (String word :
        List.of(
            "", "x", "initrunner1.a.b", checkpoint() + "0.1", checkpoint() + " initrunner1.a.b")) {
      CapturedConsole console = console();
      assertThat(console.run("audit", "verify", "--tip", word)).isEqualTo(ExitCodes.USAGE);
      assertThat(console.stderr()).contains("is no checkpoint");
    }
  }

  @Test
  void aRecordThatWasChangedIsNotPruned() throws Exception {
    change("UPDATE audit_log SET output = 'other' WHERE id = 1");
    CapturedConsole console = console();

    assertThat(console.run("audit", "prune", "--max-records", "1", "--yes"))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(console.stderr()).contains("Nothing is deleted from audit_log", "at id 1");
    assertThat(exported()).hasSize(5);
  }

  @Test
  void aLostKeyIsSaidAndNotReplacedUntilThePersonRotatesIt() throws Exception {
    Path key = home.resolve("audit_hmac.key");
    Files.delete(key);
    CapturedConsole console = console();
    Path role = Files.writeString(home.resolve("role.yaml"), ROLE);

    assertThat(console.run("exec", role.toString(), "--", "true")).isEqualTo(125);
    assertThat(console.stderr())
        .contains("is signed, and its key is not at " + key, "initrunner audit rotate");
    assertThat(key).doesNotExist();
    assertThat(console().run("audit", "verify")).isEqualTo(ExitCodes.FAILED);

    CapturedConsole rotate = console();
    assertThat(rotate.run("audit", "rotate")).isEqualTo(ExitCodes.OK);
    assertThat(rotate.stdout()).contains("Put aside: " + home.resolve("audit-"));
    assertThat(console().run("exec", role.toString(), "--", "true")).isEqualTo(ExitCodes.OK);
    CapturedConsole verify = console();
    assertThat(verify.run("audit", "verify")).isEqualTo(ExitCodes.OK);
    assertThat(verify.stdout()).isEqualTo("audit_log: 0 verified\nsecurity_events: 2 verified\n");
  }

  @Test
  void aRecordThatIsPutAsideIsVerifiedThereAndTheNextOneHolds() throws Exception {
    CapturedConsole rotate = console();
    assertThat(rotate.run("audit", "rotate")).isEqualTo(ExitCodes.OK);
    String aside = rotate.stdout().strip().replace("Put aside: ", "");
    record();

    CapturedConsole old = console();
    assertThat(old.run("audit", "verify", "--audit-db", aside)).isEqualTo(ExitCodes.OK);
    assertThat(old.stdout()).isEqualTo("audit_log: 2 verified\nsecurity_events: 3 verified\n");
    CapturedConsole now = console();
    assertThat(now.run("audit", "verify")).isEqualTo(ExitCodes.OK);
    assertThat(now.stdout()).isEqualTo("audit_log: 2 verified\nsecurity_events: 3 verified\n");
    Files.move(Path.of(aside), home.resolve("audit.db"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(console().run("audit", "verify")).isEqualTo(ExitCodes.FAILED);
  }

  @Test
  void aKeyThatIsALinkToNothingIsPutAsideWithTheRecord() throws Exception {
    Path key = home.resolve("audit_hmac.key");
    Files.delete(key);
    Files.createSymbolicLink(key, home.resolve("nothing"));
    Path role = Files.writeString(home.resolve("role.yaml"), ROLE);
    CapturedConsole refused = console();
    assertThat(refused.run("exec", role.toString(), "--", "true")).isEqualTo(125);
    assertThat(refused.stderr()).contains("is a symbolic link to a file that is not there");

    assertThat(console().run("audit", "rotate", "--new-key")).isEqualTo(ExitCodes.OK);

    assertThat(console().run("exec", role.toString(), "--", "true")).isEqualTo(ExitCodes.OK);
    assertThat(key).isRegularFile();
    assertThat(home.resolve("nothing")).doesNotExist();
    assertThat(console().run("audit", "verify")).isEqualTo(ExitCodes.OK);
  }

  @Test
  void aRecordIsNotGoneOnWithUnderAnotherKey() throws Exception {
    Path role = Files.writeString(home.resolve("role.yaml"), ROLE);
    CapturedConsole console =
        CapturedConsole.of(
            Map.of("INITRUNNER_HOME", home.toString(), ChainKey.VARIABLE, "ab".repeat(32)));

    assertThat(console.run("exec", role.toString(), "--", "true")).isEqualTo(125);
    assertThat(console.stderr()).contains("is signed with another key than " + ChainKey.VARIABLE);
    assertThat(console().run("audit", "verify")).isEqualTo(ExitCodes.OK);
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
