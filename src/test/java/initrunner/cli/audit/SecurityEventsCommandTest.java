package initrunner.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import initrunner.audit.AuditEvent;
import initrunner.audit.AuditStore;
import initrunner.cli.CapturedConsole;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityEventsCommandTest {

  private static final Instant NOON = Instant.parse("2190-01-31T12:00:00Z");
  private static final String HOSTILE = "true rc=0 host=prod\n\u001B[2Jx,\"y\"";
  private static final String ESCAPED =
      "true\\x20rc\\x3D0\\x20host\\x3Dprod\\x0A\\x1B[2Jx,\\x22y\\x22";

  @TempDir private Path home;
  private CapturedConsole console = CapturedConsole.of(Map.of());

  @BeforeEach
  void makeConsole() {
    console = CapturedConsole.of(Map.of("INITRUNNER_HOME", home.toString()));
  }

  @Test
  void aTableHasOneLineForEachEventAndCutsNothing() {
    record("ann", "make");
    record("remote-build-agent", HOSTILE);
    record("ann", "/" + "long/".repeat(50));
    assertThat(run()).isZero();
    assertThat(console.stdout().lines())
        .containsExactly(
            "timestamp                         event_type    agent_name          details",
            line("ann               ", "/" + "long/".repeat(50)),
            line("remote-build-agent", ESCAPED),
            line("ann               ", "make"));
    assertThat(console.stderr()).isEmpty();
  }

  @Test
  void jsonIsAnArrayOfObjectsNamedAfterTheColumns() throws Exception {
    record("ann", "make");
    record("ann", HOSTILE);
    assertThat(run("--format", "json")).isZero();
    List<Map<String, String>> objects = jsonObjects(console.stdout());
    assertThat(objects).hasSize(2);
    assertThat(objects.getFirst())
        .containsExactly(
            Map.entry("id", "2"),
            Map.entry("timestamp", "2190-01-31T12:00:00.000000+00:00"),
            Map.entry("event_type", "sandbox.exec"),
            Map.entry("agent_name", "ann"),
            Map.entry("details", "backend=ssh host=box argv0=" + ESCAPED + " rc=0 duration_ms=5"),
            Map.entry("source_ip", "null"),
            Map.entry("principal_id", "null"));
  }

  @Test
  void csvHasAHeaderAndQuotesWhereItMust() {
    record("a,\"b\"\nc", "make");
    assertThat(run("--format", "csv")).isZero();
    assertThat(console.stdout())
        .isEqualTo(
            "id,timestamp,event_type,agent_name,details,source_ip,principal_id\r\n"
                + "1,2190-01-31T12:00:00.000000+00:00,sandbox.exec,\"a,\"\"b\"\"\nc\","
                + "backend=ssh host=box argv0=make rc=0 duration_ms=5,,\r\n");
  }

  @Test
  void anAgentsNameCannotForgeALineOfTheTable() {
    record("ann\n2190-01-31 sandbox.exec bob", "make");
    assertThat(run()).isZero();
    assertThat(console.stdout()).hasLineCount(2).contains("ann\\x0A2190-01-31 sandbox.exec bob");
  }

  @Test
  void theConditionsNarrowTheAnswer() {
    record("ann", "one");
    record("bob", "two");
    record("bob", "three");
    assertThat(
            run("--event-type", "sandbox.exec", "--agent", "bob", "--since", "2h", "--limit", "1"))
        .isZero();
    assertThat(console.stdout()).hasLineCount(2).contains("argv0=three");
  }

  @Test
  void thatNothingMatchesIsSaidBesideTheAnswer() {
    record("ann", "make");
    assertThat(run("--agent", "bob")).isZero();
    assertThat(console.stdout()).isEmpty();
    assertThat(console.stderr()).startsWith("No security events of agent bob in " + home);
    assertThat(run("--agent", "bob", "--format", "json")).isZero();
    assertThat(console.stdout()).isEqualTo("[ ]\n");
  }

  @Test
  void anEmptyCsvIsItsHeader() {
    record("ann", "make");
    assertThat(run("--agent", "bob", "--format", "csv")).isZero();
    assertThat(console.stdout())
        .isEqualTo("id,timestamp,event_type,agent_name,details,source_ip,principal_id\r\n");
  }

  @Test
  void forATypeThatDoesNotExistTheOnesThatDoAreNamed() {
    record("ann", "make");
    assertThat(run("--event-type", "sandbox.exce")).isZero();
    assertThat(console.stderr())
        .contains("No security events of type sandbox.exce")
        .contains("The types of event there are: sandbox.exec");
  }

  @Test
  void withoutADatabaseThePathAndTheNextStepAreNamed() {
    assertThat(run()).isEqualTo(1);
    assertThat(console.stdout()).isEmpty();
    assertThat(console.stderr())
        .contains("no audit database at " + home.resolve("audit.db"))
        .contains("--audit-db");
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void theOptionNamesAnotherDatabase() {
    record("ann", "make");
    CapturedConsole elsewhere = CapturedConsole.of(Map.of("INITRUNNER_HOME", "/nowhere"));
    assertThat(
            elsewhere.run(
                "audit", "security-events", "--audit-db", home.resolve("audit.db").toString()))
        .isZero();
    assertThat(elsewhere.stdout()).contains("argv0=make");
  }

  @Test
  void allWrongValuesAreNamedAtOnceWithWhatIsAllowed() {
    assertThat(run("--since", "3x", "--limit", "0", "--format", "xml")).isEqualTo(2);
    assertThat(console.stdout()).isEmpty();
    assertThat(console.stderr())
        .contains("--since '3x': allowed is a time ago as 15m")
        .contains("--limit '0': allowed is a whole number from 1")
        .contains("--format 'xml': allowed is table, json, jsonl, csv");
  }

  @Test
  void auditAloneIsAUsageErrorThatNamesItsCommands() {
    assertThat(console.run("audit")).isEqualTo(2);
    assertThat(console.stderr()).contains("security-events");
  }

  @Test
  void helpTeachesByExample() {
    assertThat(run("--help")).isZero();
    assertThat(console.stdout())
        .contains("initrunner audit security-events --event-type sandbox.exec");
  }

  private int run(String... options) {
    List<String> arguments = new ArrayList<>(List.of("audit", "security-events"));
    arguments.addAll(List.of(options));
    return console.run(arguments.toArray(String[]::new));
  }

  private void record(String agent, String argv0) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    details.put("backend", "ssh");
    details.put("host", "box");
    details.put("argv0", argv0);
    details.put("rc", "0");
    details.put("duration_ms", "5");
    try (AuditStore store = AuditStore.open(home.resolve("audit.db"))) {
      store.append(new AuditEvent(NOON, "sandbox.exec", agent, details));
    }
  }

  private static String line(String agent, String argv0) {
    return "2190-01-31T12:00:00.000000+00:00  sandbox.exec  "
        + agent
        + "  backend=ssh host=box argv0="
        + argv0
        + " rc=0 duration_ms=5";
  }

  private static List<Map<String, String>> jsonObjects(String text) throws IOException {
    List<Map<String, String>> objects = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      assertThat(json.nextToken()).isEqualTo(JsonToken.START_ARRAY);
      while (json.nextToken() == JsonToken.START_OBJECT) {
        Map<String, String> object = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          json.nextToken();
          object.put(name, json.getText());
        }
        objects.add(object);
      }
      assertThat(json.currentToken()).isEqualTo(JsonToken.END_ARRAY);
    }
    return objects;
  }
}
