package initrunner.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.audit.story.RunSummary.Asker;
import initrunner.audit.story.RunSummary.Place;
import initrunner.audit.story.StoredCall;
import initrunner.door.NodeScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The page in a real browser, opened from the disk.
class ReportPageTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// Each has a part that does something where it is taken for markup, a script, or an order to a
  /// terminal.
  private static final List<String> HOSTILE =
      List.of(
          "</script><script>document.title='taken'</script>",
          "<img src=x onerror=\"document.title='taken'\">",
          "--></style></noscript><iframe src=\"file:///etc/passwd\"></iframe>",
          "\u001b]0;taken\u0007\u001b[2Jred\u0000\u0085",
          "safe\u202Egpj.exe\u2066\u200B\u00AD",
          "${document.title='taken'}`{{constructor.constructor('document.title=1')()}}",
          "\uD83D\uDE00\uD800 \uFFFE\u001E\u001F@data@ @script@",
          "https://example.org/?q=1 javascript:alert(1)");

  @TempDir private static Path directory;
  private static NodeScript browser;

  @BeforeAll
  static void start() throws IOException {
    browser = new NodeScript(List.of("report-page.mjs", "/usr/bin/chromium"), Map.of());
  }

  @AfterAll
  static void stop() throws IOException {
    browser.close();
  }

  private static JsonNode step(String what, Map<String, Object> more) throws IOException {
    Map<String, Object> step = new LinkedHashMap<>(more);
    step.put("do", what);
    JsonNode answer = browser.step(JSON.writeValueAsString(step));
    assertThat(answer.path("failed").asText()).as(what + " " + more).isEmpty();
    return answer.path("value");
  }

  private static void open(PageData data) throws IOException {
    open(data, Map.of());
  }

  private static void open(PageData data, Map<String, Object> how) throws IOException {
    Path file = Files.createTempFile(directory, "report", ".html");
    Files.writeString(file, ReportPage.html(data.packed()));
    Map<String, Object> step = new LinkedHashMap<>(how);
    step.put("file", file.toString());
    step("open", step);
  }

  private static JsonNode evaluate(String code) throws IOException {
    return step("evaluate", Map.of("code", code));
  }

  private static String text(String at) throws IOException {
    return evaluate("document.querySelector(" + JSON.writeValueAsString(at) + ").textContent")
        .asText();
  }

  private static void click(String at) throws IOException {
    step("click", Map.of("at", at));
  }

  private static void press(String... keys) throws IOException {
    step("press", Map.of("keys", keys));
  }

  private static void until(String code) throws IOException {
    step("until", Map.of("code", code));
  }

  private static void assertQuiet() throws IOException {
    JsonNode seen = step("seen", Map.of());
    assertThat(seen.path("said")).as("what the browser logs").isEmpty();
    assertThat(seen.path("requested")).as("what the page asks for").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 600})
  void itShowsAsManyCallsAsThereAreAndAsksForNothing(int calls) throws IOException {
    PageData data = MadeUpLog.of(calls);

    open(data);

    assertThat(text("#covers")).startsWith(calls == 1 ? "1 call " : "%,d calls ".formatted(calls));
    assertThat(
            evaluate("document.getElementById('calls-grid').getAttribute('aria-rowcount')").asInt())
        .isEqualTo(calls + 1);
    assertThat(evaluate("document.querySelectorAll('#calls-grid .body .row').length").asInt())
        .isLessThan(60);
    assertThat(text("#made")).contains("1.2.3", "All times are UTC");
    assertQuiet();
  }

  @Test
  void timesOfTableAndAxisAreUtcWhereverItIsRead() throws IOException {
    open(MadeUpLog.of(10));

    String last = MadeUpLog.of(10).calls().getLast().timeMillis() + "";
    assertThat(text("#calls-grid .body .when"))
        .isEqualTo(
            Instant.ofEpochMilli(Long.parseLong(last))
                .toString()
                .replace('T', ' ')
                .substring(0, 19));
    assertThat(text("#time-line .numbers summary")).isEqualTo("The numbers");
    click("#time-line .numbers summary");
    until("document.querySelector('#time-line table th[scope=row]') !== null");
    assertThat(text("#time-line table th[scope=row]")).startsWith("2026-11-23 07:");
  }

  @Test
  void whatDidNotGoWellComesFirst() throws IOException {
    open(MadeUpLog.of(600));

    assertThat(evaluate("document.querySelector('#main section h2').textContent").asText())
        .isEqualTo("What did not go well");
    List<String> ends = new ArrayList<>();
    evaluate(
            "[...document.querySelectorAll('.problems tbody')].map(each => each.querySelector('.ending').textContent)")
        .forEach(each -> ends.add(each.asText().replaceAll("^\\S+ +", "").split(" ")[0]));
    assertThat(ends).containsExactly("link", "timed", "exit", "refused", "not", "cancelled");
    click(".problems tbody:nth-of-type(2) tr:first-child button");
    assertThat(text("#shown")).contains("only ", "that ended as: timed out (stopped)");
    assertThat(evaluate("document.activeElement.id").asText()).isEqualTo("calls-grid");
    assertThat(text("#calls-grid .body .ending")).contains("timed out (stopped)");
  }

  @Test
  void filtersAndSearchLeaveWhatMatches() throws IOException {
    PageData data = MadeUpLog.of(600);
    open(data);

    step("choose", Map.of("at", "#host", "label", "gpu-box"));
    click("#endings button[data-ending='2']");

    long failedThere =
        data.calls().stream()
            .filter(call -> call.host().equals("gpu-box") && call.ending() == Ending.FAILED)
            .count();
    assertThat(failedThere).isPositive();
    assertThat(text("#shown")).startsWith("%,d of 600 calls shown".formatted(failedThere));
    assertThat(
            evaluate("document.querySelector('#endings button[data-ending=\"2\"]').ariaPressed")
                .asText())
        .isEqualTo("true");

    click("#reset");
    step("type", Map.of("at", "#search", "text", "TEST-11"));
    long searched =
        data.calls().stream().filter(call -> call.arguments().contains("test-11")).count();
    until("document.getElementById('shown').textContent.startsWith('" + searched + " of')");

    step("type", Map.of("at", "#search", "text", "no such text"));
    until("document.getElementById('shown').textContent.startsWith('0 of')");
    assertThat(text("#call-list .empty")).isEqualTo("No calls match the filters.");
    assertThat(evaluate("document.getElementById('calls-grid').hidden").asBoolean()).isTrue();
    assertQuiet();
  }

  @Test
  void callsOfSeveralSandboxesNameTheirsAndAreFilteredByIt() throws IOException {
    open(MadeUpLog.of(30));
    assertThat(evaluate("document.getElementById('sandbox').checkVisibility()").asBoolean())
        .isFalse();
    assertThat(evaluate("document.querySelectorAll('[name=lanes]').length").asInt()).isEqualTo(3);

    PageData data = MadeUpLog.of(30, List.of("build", "gpu", "here"));
    open(data);
    assertThat(text("#calls-grid .body .host"))
        .isEqualTo("here (" + data.calls().getLast().host() + ")");
    step("choose", Map.of("at", "#sandbox", "label", "gpu"));
    assertThat(text("#shown")).startsWith("10 of 30 calls shown");
    click("[name=lanes][value=sandbox]");
    assertThat(text("#time-line .lane h3")).startsWith("gpu");
    click("#runs-grid .body .row");
    assertThat(text("#told")).contains(" in build ", " in gpu ", " in here ");
    click("#told button");
    assertThat(text("#call-title")).contains(" (").contains(" on ");
    assertThat(text("#call-facts")).contains("Sandbox");
    assertQuiet();
  }

  @Test
  void aPeriodIsChosenByDraggingOrByTypingIt() throws IOException {
    PageData data = MadeUpLog.of(600);
    open(data);

    step("drag", Map.of("at", ".lane .u-over", "from", 0.25, "to", 0.5));

    assertThat(evaluate("document.getElementById('from').value").asText()).startsWith("2026-11-");
    assertThat(text("#shown")).doesNotStartWith("600 of");
    click("[data-zoom=all]");
    assertThat(text("#shown")).startsWith("600 of");

    Instant middle = Instant.ofEpochMilli(data.calls().get(300).timeMillis());
    String typed = middle.toString().replace('T', ' ').substring(0, 19);
    step("type", Map.of("at", "#from", "text", typed));
    press("Tab");
    long later =
        data.calls().stream()
            .filter(call -> call.timeMillis() >= middle.getEpochSecond() * 1000)
            .count();
    assertThat(text("#shown")).startsWith("%,d of 600 calls shown".formatted(later));
    step("type", Map.of("at", "#from", "text", "yesterday"));
    press("Tab");
    assertThat(evaluate("document.getElementById('from').validationMessage").asText())
        .contains("2026-01-31 08:30:00");
  }

  @Test
  void theKeyboardMovesThroughRowsAndOpensACall() throws IOException {
    open(MadeUpLog.of(600));
    String active = "document.getElementById('calls-grid').getAttribute('aria-activedescendant')";

    evaluate("document.getElementById('calls-grid').focus()");
    press("ArrowDown", "ArrowDown", "ArrowUp");
    assertThat(evaluate(active).asText()).isEqualTo("calls-row-1");
    press("End");
    assertThat(evaluate(active).asText()).isEqualTo("calls-row-599");
    assertThat(
            evaluate(
                    "(() => { const row = document.getElementById('calls-row-599').getBoundingClientRect();"
                        + " const grid = document.getElementById('calls-grid').getBoundingClientRect();"
                        + " return row.top >= grid.top && row.bottom <= grid.bottom + 1 })()")
                .asBoolean())
        .isTrue();
    press("PageUp", "Home", "ArrowDown");
    assertThat(
            evaluate("document.getElementById(" + active + ").getAttribute('aria-rowindex')")
                .asInt())
        .isEqualTo(3);
    String second = text("#calls-row-1 .when");

    press("Enter");

    assertThat(evaluate("document.getElementById('call').open").asBoolean()).isTrue();
    assertThat(text("#call-facts")).contains(second, "make -C src test-");
    press("Escape");
    assertThat(evaluate("document.activeElement.id").asText()).isEqualTo("calls-grid");
  }

  @Test
  void columnHeadsSort() throws IOException {
    PageData data = MadeUpLog.of(600);
    open(data);

    click("#calls-grid [data-key=took] button");

    assertThat(evaluate("document.querySelector('#calls-grid [data-key=took]').ariaSort").asText())
        .isEqualTo("descending");
    long longest = data.calls().stream().mapToLong(PageCall::tookMillis).max().orElseThrow();
    assertThat(text("#calls-row-0 .took")).isEqualTo(Math.round(longest / 1000.0) + " s");
    click("#calls-grid [data-key=ending] button");
    assertThat(text("#calls-row-0 .mark")).isEqualTo("?");
  }

  @Test
  void aRunsStoryHasItsPromptItsCallsAndItsAnswer() throws IOException {
    open(MadeUpLog.of(45));

    evaluate("document.getElementById('runs-grid').focus()");
    press("ArrowDown", "Enter");

    assertThat(evaluate("document.activeElement.id").asText()).isEqualTo("story-title");
    assertThat(text("#story-title")).startsWith("Run ").endsWith(" of triage");
    assertThat(text("#told"))
        .contains(
            "Which tests of job 1 fail?", "Let me look at the tests.", "run_", "Two of them:");
    assertThat(evaluate("document.querySelectorAll('#told li').length").asInt()).isEqualTo(23);
    assertThat(text("#facts")).contains("ollama:qwen3:8b", "12,000 in, 800 out", "$0.0123");
    assertThat(text("#shown")).startsWith("20 of 45 calls shown, 3 of 3 runs; only calls of run ");
    click("#told button");
    assertThat(evaluate("document.getElementById('call').open").asBoolean()).isTrue();
    press("Escape");
    click("#leave");
    assertThat(text("#shown")).startsWith("45 of 45 calls shown");
    assertQuiet();
  }

  private static PageCall call(String text) {
    Instant begin = Instant.parse("2026-11-23T08:00:00Z");
    return PageCall.of(
        new StoredCall(
            1,
            text,
            text,
            begin,
            new Asker(text, Optional.of(text)),
            text,
            new Place(text, Optional.of(text), Optional.of(text)),
            new StoredCall.What(
                text, Optional.of(text), Optional.of(text), Optional.of(text), Optional.of(text)),
            Optional.of(
                new StoredCall.End(
                    text,
                    1,
                    Duration.ofSeconds(1),
                    Optional.empty(),
                    Optional.of(text),
                    new StoredCall.Output(Optional.of(1L), Optional.of(text), Optional.of(text)))),
            Optional.of(new StoredCall.Decision(text, text, text, Optional.of(begin)))));
  }

  @Test
  void textFromOutsideIsInert() throws IOException {
    List<PageCall> calls = new ArrayList<>();
    HOSTILE.forEach(text -> calls.add(call(text)));
    calls.add(call("<b>" + "x".repeat(1 << 20)));
    PageData made = MadeUpLog.of(1);
    List<String> lines = HOSTILE.stream().map(ShownText::line).toList();
    PageData data =
        new PageData(
            new PageData.About(0, "1", lines.getFirst(), lines, lines), calls, made.runs());

    open(data);
    click("#calls-grid [data-key=host] button");
    for (int row = 0; row < calls.size(); row++) {
      click("#calls-row-" + row);
      press("Escape");
    }

    assertThat(evaluate("document.title").asText()).isEqualTo("InitRunner report");
    assertThat(evaluate("document.querySelectorAll('img, iframe, b, a:not(.skip)').length").asInt())
        .isZero();
    assertThat(evaluate("document.scripts.length").asInt()).isEqualTo(1);
    String shown = text("body");
    assertThat(shown)
        .contains("</script><script>document.title='taken'</script>", "\\x1B]0;taken\\x07")
        .contains("safe\\u202Egpj.exe\\u2066\\u200B");
    assertThat(shown.codePoints().filter(each -> each < ' ' && each != '\n' && each != '\t'))
        .isEmpty();
    assertThat(shown).doesNotContain("\u202E", "\u2066", "\u200B");
    assertThat(shown.length()).isLessThan(200_000);
    assertQuiet();
  }

  /// The page's own policy, should a text ever become markup.
  @Test
  void aScriptThatIsNotThePagesDoesNotRun() throws IOException {
    open(MadeUpLog.of(1));

    evaluate(
        "(() => { const added = document.createElement('script');"
            + " added.textContent = \"document.title = 'taken'\"; document.body.append(added);"
            + " const image = new Image(); image.src = 'https://example.org/x.png';"
            + " document.body.append(image);"
            + " document.body.insertAdjacentHTML('beforeend',"
            + " '<p onclick=\"document.title=1\" id=trap>x</p>'); document.getElementById('trap').click() })()");

    assertThat(evaluate("document.title").asText()).isEqualTo("InitRunner report");
    assertThat(step("seen", Map.of()).path("said").toString())
        .contains("Content Security Policy", "example.org");
  }

  @ParameterizedTest
  @CsvSource({"light, dark", "dark, light"})
  void itFollowsTheSystemUntilAPersonChooses(String system, String chosen) throws IOException {
    String paper = "getComputedStyle(document.body).backgroundColor";
    open(MadeUpLog.of(10), Map.of("scheme", chosen));
    String ofChosen = evaluate(paper).asText();
    open(MadeUpLog.of(10), Map.of("scheme", system));
    String ofSystem = evaluate(paper).asText();
    assertThat(ofSystem).isNotEqualTo(ofChosen);

    step("choose", Map.of("at", "#theme", "label", chosen));

    assertThat(evaluate(paper).asText()).isEqualTo(ofChosen);
    step("choose", Map.of("at", "#theme", "label", "as the system"));
    assertThat(evaluate(paper).asText()).isEqualTo(ofSystem);
  }

  @ParameterizedTest
  @ValueSource(ints = {320, 360, 768, 1024, 1920})
  void nothingIsWiderThanTheScreenOrCutOff(int width) throws IOException {
    open(MadeUpLog.of(600), Map.of("width", width));
    click("#runs-row-0");

    assertThat(evaluate("document.documentElement.scrollWidth").asInt()).isLessThanOrEqualTo(width);
    assertThat(
            evaluate(
                "[...document.querySelectorAll('.grid, .plot')].filter(each => each.scrollWidth > each.clientWidth + 1)"
                    + ".map(each => each.className + ' ' + each.scrollWidth + ' of ' + each.clientWidth)"))
        .isEmpty();
    assertThat(
            evaluate(
                "[...document.querySelectorAll('.body .when, .body .took, .body .printed, .body .run')]"
                    + ".filter(each => each.scrollWidth > each.clientWidth).map(each => each.className + each.textContent)"))
        .isEmpty();
  }

  @Test
  void aScreenReaderFindsNamesHeadsAndTables() throws IOException {
    open(MadeUpLog.of(10));

    String outline = step("snapshot", Map.of()).asText();

    assertThat(outline)
        .contains("heading \"What did not go well\" [level=2]")
        .contains("grid \"Calls\"", "grid \"Runs\"", "columnheader \"Time (UTC) ▼\"")
        .contains("searchbox \"Search\"", "combobox \"Host\"", "textbox \"From (UTC)\"")
        .contains("img \"build-1.example.org: ", "status", "button \"Clear all filters\"");
    assertThat(
            evaluate(
                "[...document.querySelectorAll('button, input, select')].filter(each =>"
                    + " !(each.ariaLabel || each.textContent.trim() || each.labels?.length)).map(each => each.outerHTML)"))
        .isEmpty();
  }

  @Test
  void paperGetsLightColoursAndTheFirstRows() throws IOException {
    open(MadeUpLog.of(600), Map.of("scheme", "dark"));

    evaluate("dispatchEvent(new Event('beforeprint'))");

    assertThat(evaluate("document.querySelectorAll('#calls-grid .body .row').length").asInt())
        .isEqualTo(200);
    assertThat(text("#call-list .print-only")).contains("400 calls more");
    assertThat(evaluate("getComputedStyle(document.body).backgroundColor").asText())
        .isEqualTo("rgb(251, 251, 250)");
    evaluate("dispatchEvent(new Event('afterprint'))");
    assertThat(evaluate("document.querySelectorAll('#calls-grid .body .row').length").asInt())
        .isLessThan(60);
    assertThat(evaluate("getComputedStyle(document.body).backgroundColor").asText())
        .isNotEqualTo("rgb(251, 251, 250)");
  }
}
