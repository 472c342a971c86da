package initrunner.audit.story;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.AuditEvent;
import initrunner.audit.AuditQuery;
import initrunner.audit.AuditRun;
import initrunner.audit.AuditStore;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {

  private static final Instant NOON = Instant.parse("2190-01-31T12:00:00Z");

  @TempDir private Path directory;
  private Path database = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private AuditStore store;

  private RunLog log = new RunLog(Path.of(""));

  @BeforeEach
  void open() {
    database = directory.resolve("audit.db");
    store = AuditStore.open(database);
    log = new RunLog(database);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void event(int second, String type, String... fields) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      details.put(fields[i], fields[i + 1]);
    }
    store.append(new AuditEvent(NOON.plusSeconds(second), type, "agent", details));
  }

  private void start(int second, String run, String call, String... more) {
    event(second, "sandbox.start", with(more, "host", "box", "run", run, "call", call));
  }

  private void exec(int second, String run, String call, String... more) {
    event(second, "sandbox.exec", with(more, "host", "box", "run", run, "call", call));
  }

  private static String[] with(String[] more, String... fields) {
    List<String> all = new ArrayList<>(List.of(fields));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private void run(int second, String id, Optional<String> error, Optional<String> metadata) {
    run(second, id, error, new AuditRun.Trigger("cli", metadata), "[]");
  }

  private void run(
      int second, String id, Optional<String> error, AuditRun.Trigger trigger, String timeline) {
    store.append(
        new AuditRun(
            id,
            "agent",
            NOON.plusSeconds(second),
            "What is it?",
            "openai",
            "gpt-5-mini",
            "It is so.",
            new AuditRun.Tokens(10, 5),
            1,
            Duration.ofSeconds(3),
            error.isEmpty(),
            error,
            trigger,
            timeline,
            List.of("run_shell")));
  }

  private List<String> ids(RunFilter filter) {
    return log.runs(filter).stream().map(RunSummary::runId).toList();
  }

  private static RunFilter ofHost(String host) {
    return new RunFilter(
        Optional.empty(),
        Optional.of(host),
        Optional.empty(),
        Optional.empty(),
        RunFilter.Ends.ALL,
        10);
  }

  @Test
  void runsOfOneSandboxAreToldFromThoseOfAnother() {
    exec(1, "gpu", "0000000000000001", "sandbox", "gpu");
    exec(2, "gpu2", "0000000000000002", "sandbox", "gpu2");
    exec(3, "none", "0000000000000003");

    assertThat(
            ids(
                new RunFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of("gpu"),
                    Optional.empty(),
                    RunFilter.Ends.ALL,
                    10)))
        .containsExactly("gpu");
  }

  @Test
  void whatAPersonClosedDidNotFail() {
    for (String door : List.of("forward", "exec")) {
      exec(
          1,
          door,
          "0000000000000001",
          "door",
          door,
          "rc",
          "130",
          "ended",
          "cancelled",
          "stop",
          "stopped");
    }

    assertThat(ids(FAILED)).containsExactly("exec");
    assertThat(log.story("forward", 10).orElseThrow().summary().outcome())
        .isEqualTo(new Outcome(Outcome.Kind.SUCCEEDED, "closed"));
  }

  @Test
  void aRefusedConnectionIsToldFromARefusedCall() {
    exec(1, "down", "0000000000000001", "ended", "not_started", "reason", "refused", "rc", "125");
    exec(2, "rule", "0000000000000002", "ended", "refused", "reason", "policy", "rc", "126");

    assertThat(log.runs(FAILED).stream().map(run -> run.outcome().text()))
        .containsExactly("refused (policy)", "not started (connection refused)");
  }

  @Test
  void oneAnswerToCallsOfSeveralSandboxesIsShownOnce() {
    for (String call : List.of("0000000000000001", "0000000000000002")) {
      exec(1, "bbbb", call, "tool", "transfer", "function", "copy_file", "request", "c1");
    }
    String timeline =
        "[{\"type\":\"tool_result\",\"timestamp_unix_ms\":1,\"tool_call_id\":\"c1\","
            + "\"content_preview\":\"succeeded: so\"}]";
    run(0, "bbbb", Optional.empty(), new AuditRun.Trigger("cli", Optional.empty()), timeline);

    assertThat(
            log.story("bbbb", 10).orElseThrow().entries().stream()
                .filter(RunStory.Called.class::isInstance)
                .map(entry -> ((RunStory.Called) entry).preview()))
        .containsExactly(Optional.empty(), Optional.of("succeeded: so"));
  }

  private static final RunFilter FAILED =
      new RunFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          RunFilter.Ends.NOT_SUCCEEDED,
          10);

  @Test
  void aCommandIsARunOfOneCall() {
    start(0, "aaaa", "0123456789abcdef", "backend", "ssh", "argv0", "make", "door", "exec");
    exec(
        2,
        "aaaa",
        "0123456789abcdef",
        "backend",
        "ssh",
        "argv0",
        "make",
        "door",
        "exec",
        "rc",
        "2",
        "duration_ms",
        "1500",
        "ended",
        "exited");

    RunSummary run = log.runs(RunFilter.ALL).getFirst();

    assertThat(run.begin()).isEqualTo(NOON);
    assertThat(run.asker()).isEqualTo(new RunSummary.Asker("exec", Optional.empty()));
    assertThat(run.place()).contains(new RunSummary.Place("ssh", Optional.of("box")));
    assertThat(run.outcome()).isEqualTo(new Outcome(Outcome.Kind.FAILED, "exit 2"));
    assertThat(run.calls()).isEqualTo(new RunSummary.Calls(1, 1, 0));
    assertThat(run.duration()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void anAgentsRunHasItsRowsEndTokensAndCost() {
    start(1, "bbbb", "0123456789abcdef", "tool", "shell", "door", "run");
    exec(2, "bbbb", "0123456789abcdef", "tool", "shell", "door", "run", "rc", "1");
    run(0, "bbbb", Optional.empty(), Optional.of("{\"ended\":\"answered\",\"cost_usd\":0.00010}"));

    RunSummary run = log.runs(RunFilter.ALL).getFirst();

    assertThat(run.begin()).isEqualTo(NOON);
    assertThat(run.asker().door()).isEqualTo("run");
    assertThat(run.outcome()).isEqualTo(new Outcome(Outcome.Kind.SUCCEEDED, "answered"));
    assertThat(run.calls()).isEqualTo(new RunSummary.Calls(1, 1, 0));
    assertThat(run.spent())
        .isEqualTo(
            new RunSummary.Spent(
                Optional.of("openai:gpt-5-mini"), 10, 5, Optional.of(new BigDecimal("0.00010"))));
  }

  @Test
  void theNewestRunComesFirstAlsoWhereItEndedFirst() {
    start(0, "long", "0000000000000001", "door", "mcp");
    exec(1, "brief", "0000000000000002", "rc", "0", "duration_ms", "0");
    run(2, "agents", Optional.empty(), Optional.empty());
    exec(9, "long", "0000000000000001", "door", "mcp", "rc", "0");

    assertThat(ids(RunFilter.ALL)).containsExactly("agents", "brief", "long");
    assertThat(log.newest()).contains("agents");
    assertThat(
            ids(
                new RunFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(NOON.plusSeconds(1)),
                    RunFilter.Ends.ALL,
                    1)))
        .containsExactly("agents");
  }

  @Test
  void eachEndButSuccessCountsAsFailed() {
    exec(1, "good", "0000000000000001", "rc", "0", "ended", "exited");
    exec(2, "bad", "0000000000000002", "rc", "124", "ended", "timed_out", "stop", "stopped");
    start(3, "open", "0000000000000003");
    start(4, "killed", "0000000000000004", "tool", "shell", "door", "run");
    exec(5, "killed", "0000000000000004", "tool", "shell", "door", "run", "rc", "0");
    run(6, "broken", Optional.of("no answer"), Optional.empty());
    run(7, "waits", Optional.of("paused: waits for approval of x (1)"), Optional.empty());
    event(8, "sandbox.transfer", "direction", "push", "ended", "incomplete", "run", "moved");
    event(9, "sandbox.transfer", "direction", "push", "ended", "complete", "run", "whole");

    assertThat(ids(FAILED)).containsExactly("moved", "waits", "broken", "killed", "open", "bad");
    assertThat(
            log.runs(FAILED).stream().map(run -> run.outcome().kind() + " " + run.outcome().text()))
        .containsExactly(
            "FAILED incomplete",
            "PAUSED paused: waits for approval of x (1)",
            "FAILED no answer",
            "UNFINISHED no end is recorded",
            "UNFINISHED no end is recorded",
            "FAILED timed out (stopped)");
  }

  @Test
  void aTransferCountsFromItsBeginningAlthoughItsRowIsWrittenAtItsEnd() {
    exec(10, "brief", "0000000000000002", "rc", "0", "duration_ms", "0");
    event(
        20,
        "sandbox.transfer",
        "backend",
        "ssh",
        "host",
        "box",
        "direction",
        "push",
        "ended",
        "complete",
        "duration_ms",
        "17200",
        "run",
        "pushed");

    RunSummary run = log.runs(RunFilter.ALL).getLast();
    assertThat(run.runId()).isEqualTo("pushed");
    assertThat(run.begin()).isEqualTo(NOON.plusMillis(2800));
    assertThat(run.duration()).isEqualTo(Duration.ofMillis(17_200));
    assertThat(log.newest()).contains("brief");
  }

  @Test
  void aTransferWithoutAReadableDurationBeganAtItsEnd() {
    event(20, "sandbox.transfer", "host", "box", "duration_ms", "9".repeat(18), "run", "long");
    event(21, "sandbox.transfer", "host", "box", "run", "none");

    assertThat(log.runs(RunFilter.ALL).stream().map(RunSummary::begin))
        .containsExactly(NOON.plusSeconds(21), NOON.plusSeconds(20));
  }

  @Test
  void aRunTakesAtLeastUntilItsNewestEventAndAResumedOneWhatItRecords() {
    exec(9, "once", "0000000000000001", "rc", "0");
    run(0, "once", Optional.empty(), Optional.empty());
    exec(90, "twice", "0000000000000002", "rc", "0");
    run(10, "twice", Optional.of("paused: waits for approval of x (1)"), Optional.empty());
    run(80, "twice", Optional.empty(), new AuditRun.Trigger("resume", Optional.empty()), "[]");

    assertThat(log.runs(RunFilter.ALL).stream().map(RunSummary::duration))
        .containsExactly(Duration.ofSeconds(3), Duration.ofSeconds(9));
  }

  @Test
  void hostsAreToldApartExactly() {
    exec(1, "one", "0000000000000001");
    event(2, "sandbox.exec", "host", "box2", "run", "two", "call", "0000000000000002");
    event(3, "sandbox.exec", "backend", "none", "run", "here", "call", "0000000000000003");
    event(4, "sandbox.exec", "host", "a b=c", "run", "odd", "call", "0000000000000004");

    assertThat(ids(ofHost("box"))).containsExactly("one");
    assertThat(ids(ofHost("a b=c"))).containsExactly("odd");
    assertThat(ids(ofHost("local"))).containsExactly("here");
  }

  @Test
  void theStoryIsInTheOrderOfTime() {
    start(1, "bbbb", "0123456789abcdef", "tool", "shell", "function", "run_shell", "request", "c1");
    exec(
        2,
        "bbbb",
        "0123456789abcdef",
        "tool",
        "shell",
        "function",
        "run_shell",
        "request",
        "c1",
        "rc",
        "124",
        "ended",
        "timed_out",
        "stop",
        "still_running",
        "decision",
        "approved",
        "decided_by",
        "ann",
        "decided_with",
        "terminal",
        "stdout_bytes",
        "7",
        "output_begin",
        "a");
    String timeline =
        "[{\"type\":\"model_turn\",\"timestamp_unix_ms\":"
            + NOON.plusMillis(500).toEpochMilli()
            + ",\"content_preview\":\"I look.\"},{\"type\":\"tool_result\",\"timestamp_unix_ms\":"
            + NOON.plusSeconds(2).toEpochMilli()
            + ",\"tool_call_id\":\"c1\",\"content_preview\":\"timed_out: so\"}]";
    run(0, "bbbb", Optional.empty(), new AuditRun.Trigger("cli", Optional.empty()), timeline);

    List<RunStory.Entry> entries = log.story("bbbb", 100).orElseThrow().entries();

    assertThat(entries.stream().map(entry -> entry.getClass().getSimpleName()))
        .containsExactly("Prompt", "Said", "Called", "Ended");
    RunStory.Called called = (RunStory.Called) entries.get(2);
    assertThat(called.preview()).contains("timed_out: so");
    assertThat(called.call().decision().orElseThrow().by()).isEqualTo("ann");
    assertThat(CallText.proof(called.call())).contains("proven: some of its processes still run");
    assertThat(called.call().end().orElseThrow().output())
        .isEqualTo(new StoredCall.Output(Optional.of(7L), Optional.of("a"), Optional.empty()));
    assertThat(log.story("bbbb", 1).orElseThrow().left()).isEqualTo(1);
    assertThat(log.story("none", 1)).isEmpty();
  }

  @Test
  void aPausedRunThatWentOnIsOne() {
    run(0, "pppp", Optional.of("paused: waits for approval of x (1)"), Optional.empty());
    run(
        60,
        "pppp",
        Optional.empty(),
        new AuditRun.Trigger("resume", Optional.of("{\"decisions\":{\"1\":\"approve\"}}")),
        "[]");

    assertThat(log.runs(RunFilter.ALL)).hasSize(1);
    assertThat(log.runs(RunFilter.ALL).getFirst().outcome().text()).isEqualTo("answered");
    assertThat(
            log.story("pppp", 10).orElseThrow().entries().stream()
                .map(entry -> entry.getClass().getSimpleName()))
        .containsExactly("Prompt", "Ended", "Resumed", "Ended");
  }

  @Test
  void idsAreFoundByTheirBeginning() {
    exec(1, "abc1", "0000000000000001");
    run(2, "abc2", Optional.empty(), Optional.empty());
    run(3, "abd", Optional.empty(), Optional.empty());

    assertThat(log.idsWith("abc", 10)).containsExactly("abc1", "abc2");
    assertThat(log.idsWith("", 2)).containsExactly("abc1", "abc2");
    assertThat(log.idsWith("x", 10)).isEmpty();
  }

  @Test
  void allCallsAreHandedOverOneAfterTheOther() {
    start(1, "one", "0000000000000001");
    start(2, "two", "0000000000000002");
    exec(3, "two", "0000000000000002", "rc", "0");
    List<String> calls = new ArrayList<>();

    log.calls(Instant.EPOCH, call -> calls.add(call.runId() + " " + call.end().isPresent()));

    assertThat(calls).containsExactly("two true", "one false");
  }

  /// Else each question would read all rows.
  @Test
  void theEventsOfARunAreFoundByAnIndex() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      String plan =
          statement
              .executeQuery(
                  "EXPLAIN QUERY PLAN SELECT * FROM security_events WHERE "
                      + AuditQuery.RUN_OF_EVENT
                      + " = 'x'")
              .getString("detail");
      assertThat(plan).contains("idx_sec_run");
    }
  }

  @Test
  void whatOtherProgramsWroteDoesNotStopTheReading() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO security_events (timestamp, event_type, agent_name, details) VALUES"
              + " ('never', 'sandbox.exec', 'x', ' = run=odd rc=\\xZZ \\u12 nothing duration_ms=-1')");
      statement.execute(
          "INSERT INTO security_events (timestamp, event_type, agent_name, details) VALUES"
              + " ('2020-01-01', 'other', 'x', '')");
    }

    assertThat(ids(RunFilter.ALL)).containsExactly("odd");
    assertThat(log.story("odd", 10).orElseThrow().entries()).hasSize(1);
  }
}
