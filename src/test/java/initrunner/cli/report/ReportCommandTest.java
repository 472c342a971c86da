package initrunner.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.audit.AuditEvent;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditRun;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.audit.story.RunLog;
import initrunner.cli.CapturedConsole;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `report` with an audit log as calls leave it. What a browser makes of the page is in
/// [ReportPageTest].
class ReportCommandTest {

  private static final Instant NOON = Instant.parse("2190-01-31T12:00:00Z");
  private static final Pattern DATA = Pattern.compile("id=\"data\">([^<]*)<");

  @TempDir private Path home;
  private Map<String, String> environment = Map.of();
  private Path file = Path.of("");

  @BeforeEach
  void record() {
    environment = Map.of("INITRUNNER_HOME", home.toString());
    file = home.resolve("report.html");
    AuditLocation place = AuditLocation.of(environment, Optional.empty());
    try (AuditStore store = AuditStore.open(place.database(), ChainKey.of(environment, place))) {
      call(store, 0, "agent", "box", "aaaaaaaaaaaa", "exited", "0");
      call(store, 10, "agent", "box", "aaaaaaaaaaaa", "timed_out", "124");
      call(store, 20, "ann", "desk", "bbbbbbbbbbbb", "refused", "126");
      event(store, 30, "ann", "sandbox.start", Map.of("host", "desk", "run", "cccccccccccc"));
      event(
          store,
          40,
          "ann",
          "sandbox.transfer",
          Map.of("host", "desk", "direction", "push", "bytes", "7", "ended", "failed"));
      store.append(
          new AuditRun(
              "aaaaaaaaaaaa",
              "agent",
              NOON,
              "Is it <so>?\nSay it.",
              "openai",
              "gpt-5-mini",
              "It is so.",
              new AuditRun.Tokens(10, 5),
              2,
              Duration.ofSeconds(3),
              true,
              Optional.empty(),
              new AuditRun.Trigger("cli", Optional.empty()),
              "[]",
              List.of("run_shell")));
    }
  }

  private static void call(
      AuditStore store,
      int second,
      String agent,
      String host,
      String run,
      String ended,
      String status) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    details.put("backend", "ssh");
    details.put("host", host);
    details.put("argv0", "make");
    details.put("run", run);
    details.put("call", run + second);
    event(store, second, agent, "sandbox.start", details);
    details.put("rc", status);
    details.put("duration_ms", "1500");
    details.put("ended", ended);
    details.put("stdout_bytes", "40");
    details.put("stderr_bytes", "2");
    details.put("function", "run_shell");
    details.put("arguments", "{\"command\":\"make " + second + "\"}");
    event(store, second + 2, agent, "sandbox.exec", details);
  }

  private static void event(
      AuditStore store, int second, String agent, String type, Map<String, String> details) {
    store.append(
        new AuditEvent(NOON.plusSeconds(second), type, agent, new LinkedHashMap<>(details)));
  }

  private CapturedConsole report(String... arguments) {
    List<String> words = new ArrayList<>(List.of("report"));
    words.addAll(List.of(arguments));
    if (!words.contains("-o")) {
      words.addAll(List.of("-o", file.toString()));
    }
    CapturedConsole console = CapturedConsole.of(environment);
    int status = console.run(words.toArray(String[]::new));
    assertThat(console.stderr()).isEmpty();
    assertThat(status).isZero();
    return console;
  }

  private JsonNode data(String... arguments) throws IOException {
    report(arguments);
    return data(Files.readString(file));
  }

  private static JsonNode data(String page) throws IOException {
    Matcher data = DATA.matcher(page);
    assertThat(data.find()).isTrue();
    return new ObjectMapper()
        .readTree(
            new GZIPInputStream(
                new ByteArrayInputStream(Base64.getDecoder().decode(data.group(1)))));
  }

  private static List<String> words(JsonNode data, String table, String column) {
    List<String> words = new ArrayList<>();
    data.path(table)
        .path(column)
        .forEach(place -> words.add(data.path("words").path(place.asInt()).asText()));
    return words;
  }

  @Test
  void thePageHasEveryCallAndRunInTheOrderOfTime() throws IOException {
    JsonNode data = data();

    assertThat(words(data, "calls", "ended"))
        .containsExactly("exit 0", "timed out", "refused", "no end is recorded", "failed");
    assertThat(data.path("calls").path("ending").toString()).isEqualTo("[6,1,3,0,2]");
    assertThat(data.path("calls").path("time").toString())
        .isEqualTo("[" + NOON.toEpochMilli() + ",10000,10000,10000,10000]");
    assertThat(data.path("calls").path("took").toString()).isEqualTo("[1500,1500,1500,-1,0]");
    assertThat(data.path("calls").path("printed").toString()).isEqualTo("[42,42,42,-1,7]");
    assertThat(words(data, "calls", "host")).containsExactly("box", "box", "desk", "desk", "desk");
    assertThat(words(data, "calls", "what"))
        .containsExactly("run_shell", "run_shell", "run_shell", "", "transfer of files");
    assertThat(words(data, "calls", "arguments")).startsWith("{\"command\":\"make 0\"}");
    assertThat(words(data, "runs", "id"))
        .containsSubsequence("aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc");
    assertThat(words(data, "runs", "prompt")).contains("Is it <so>?\\x0ASay it.");
    assertThat(words(data, "runs", "story").getFirst())
        .contains("prompt\u001fIs it <so>?\nSay it.\u001e", "end\u001fIt is so.");
    assertThat(data.path("about").path("leftOut")).isEmpty();
  }

  @Test
  void onlyWhatIsAskedForIsOnThePage() throws IOException {
    assertThat(words(data("--agent", "agent"), "calls", "host")).containsExactly("box", "box");
    assertThat(words(data("--host", "desk"), "calls", "agent"))
        .containsExactly("ann", "ann", "ann");
    assertThat(words(data("--host", "local"), "calls", "agent")).isEmpty();
    JsonNode late = data("--since", "2190-01-31T12:00:15", "--host", "desk");
    assertThat(words(late, "calls", "ended")).startsWith("refused");
    assertThat(late.path("about").path("asked").toString()).contains("desk", "12:00:15");
    assertThat(words(late, "runs", "id")).doesNotContain("aaaaaaaaaaaa");
  }

  @Test
  void theFileIsItsOwnersOnlyAndAnEarlierReportIsWrittenOver() throws IOException {
    assertThat(report().stdout()).matches("\\Q" + file + "\\E: 5 calls and \\d runs, \\d+ kB\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Path link = Files.createSymbolicLink(home.resolve("link.html"), file);

    report("--agent", "agent", "-o", link.toString());

    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(words(data(Files.readString(file)), "calls", "host")).hasSize(2);
    try (var files = Files.list(home)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".report"));
    }
  }

  @Test
  void anotherFileIsNotWrittenOver() throws IOException {
    Files.writeString(file, "<html>mine</html>");

    CapturedConsole console = CapturedConsole.of(environment);
    assertThat(console.run("report", "-o", file.toString())).isEqualTo(2);

    assertThat(console.stderr()).contains("'" + file + "' is there already", "--force");
    assertThat(Files.readString(file)).isEqualTo("<html>mine</html>");
    report("--force");
    assertThat(Files.readString(file)).contains(ReportPage.SIGN);
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    CapturedConsole console = CapturedConsole.of(environment);

    assertThat(console.run("report", "-o", home.resolve("none/a.html").toString())).isEqualTo(2);

    assertThat(console.stderr()).contains("none/a.html': its directory is not there");
  }

  @Test
  void standardOutputGetsTheSamePage() throws IOException {
    report();
    CapturedConsole console = CapturedConsole.of(environment);

    assertThat(console.run("report", "-o", "-")).isZero();

    assertThat(DATA.matcher(console.stdout()).replaceFirst(""))
        .isEqualTo(DATA.matcher(Files.readString(file)).replaceFirst(""));
    assertThat(words(data(console.stdout()), "calls", "host")).hasSize(5);
  }

  @Test
  void allFaultsOfOptionsAreSaid() {
    CapturedConsole console = CapturedConsole.of(environment);

    assertThat(console.run("report", "--since", "soon", "-o", home.toString())).isEqualTo(2);

    assertThat(console.stderr()).contains("--since 'soon': allowed is", "is there already");
  }

  @Test
  void withoutAnAuditLogItSaysSo() {
    CapturedConsole console = CapturedConsole.of(environment);

    int status = console.run("report", "--audit-db", home.resolve("none.db").toString(), "-o", "-");

    assertThat(status).isEqualTo(1);
    assertThat(console.stderr()).contains("There is no audit database");
    assertThat(console.stdout()).isEmpty();
  }

  @Test
  void thePageSaysWhatItsBoundsLeaveOut() {
    PageData data =
        new ReportQuestion(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())
            .data(
                new RunLog(home.resolve("audit.db")),
                new ReportQuestion.Bounds(2, 1, 0, 10),
                "1.2.3");

    assertThat(data.calls()).extracting(PageCall::ended).hasSize(2).last().isEqualTo("failed");
    assertThat(data.runs()).hasSize(1);
    assertThat(data.about().leftOut())
        .anyMatch(line -> line.matches("The newest 2 calls .*; 3 older ones are left out.*"))
        .anyMatch(line -> line.contains("The newest 1 runs are listed"));
  }

  @Test
  void longTextsOfTheNewestAreKept() {
    PageData made = MadeUpLog.of(60);

    PageData bounded = made.bounded(1000);

    assertThat(bounded.calls().getLast()).isEqualTo(made.calls().getLast());
    assertThat(bounded.calls().getFirst().arguments()).hasSizeLessThan(45);
    assertThat(bounded.runs().getLast()).isEqualTo(made.runs().getLast());
    assertThat(bounded.about().leftOut()).anyMatch(line -> line.contains("oldest"));
    assertThat(made.bounded(1_000_000).about().leftOut()).isEmpty();
  }
}
