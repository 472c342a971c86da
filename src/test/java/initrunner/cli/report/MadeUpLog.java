package initrunner.cli.report;

import initrunner.audit.story.Outcome;
import initrunner.audit.story.RunStory;
import initrunner.audit.story.RunSummary;
import initrunner.audit.story.RunSummary.Asker;
import initrunner.audit.story.RunSummary.Place;
import initrunner.audit.story.StoredCall;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Any number of calls as a working week has them, always the same: most end well, some in every
/// other way.
final class MadeUpLog {

  private static final Instant BEGIN = Instant.parse("2026-11-23T07:03:11.250Z");
  private static final List<String> HOSTS =
      List.of(
          "build-1.example.org",
          "gpu-box",
          "staging",
          "deploy@prod-eu-west-17.internal.example.com",
          "slurm-login");
  private static final List<String> AGENTS =
      List.of("build-helper", "triage", "remote-build-agent");
  private static final List<String> FUNCTIONS =
      List.of("run_shell", "read_file", "edit_file", "run_python", "git_diff", "search_files");
  private static final int CALLS_OF_RUN = 20;

  private final Random random = new Random(7);
  private final List<PageCall> calls = new ArrayList<>();
  private final List<PageRun> runs = new ArrayList<>();

  private final List<String> sandboxes;

  private MadeUpLog(List<String> sandboxes) {
    this.sandboxes = sandboxes;
  }

  static PageData of(int calls) {
    return of(calls, List.of());
  }

  /// @param sandboxes of the roles, in which the calls are made in turn
  static PageData of(int calls, List<String> sandboxes) {
    MadeUpLog log = new MadeUpLog(sandboxes);
    Instant time = BEGIN;
    for (int at = 0; at < calls; at++) {
      boolean isNight = time.toString().compareTo(time.toString().substring(0, 11) + "18") > 0;
      time = time.plusMillis(log.random.nextInt(calls < 100 ? 180_000 : isNight ? 30_000 : 8000));
      if (at % CALLS_OF_RUN == 0) {
        log.addRun(time, Math.min(CALLS_OF_RUN, calls - at));
      }
      log.addCall(time);
    }
    return new PageData(
        new PageData.About(
            BEGIN.plusSeconds(700_000).toEpochMilli(),
            "1.2.3",
            "/home/me/audit.db",
            List.of(),
            List.of()),
        log.calls,
        log.runs);
  }

  private String runId() {
    return HexFormat.of().toHexDigits(runs.size() * 7_919L + 0x3f2a_90c1_d4e5L, 12);
  }

  private void addRun(Instant time, int calls) {
    boolean isAnswered = random.nextInt(10) > 0;
    RunSummary summary =
        new RunSummary(
            runId(),
            time.minusSeconds(2),
            new Asker("run", Optional.empty()),
            AGENTS.get(runs.size() % AGENTS.size()),
            List.of(new Place("ssh", Optional.of(HOSTS.getFirst()))),
            isAnswered
                ? new Outcome(Outcome.Kind.SUCCEEDED, "answered")
                : new Outcome(Outcome.Kind.FAILED, "the model did not answer within 60 s"),
            new RunSummary.Calls(calls, 1, 0),
            new RunSummary.Spent(
                Optional.of("ollama:qwen3:8b"), 12_000, 800, Optional.of(new BigDecimal("0.0123"))),
            Duration.ofSeconds(30 + random.nextInt(900)));
    runs.add(
        PageRun.of(
            new RunStory(
                summary,
                List.of(
                    new RunStory.Prompt(
                        summary.begin(), "Which tests of job " + runs.size() + " fail?"),
                    new RunStory.Said(summary.begin().plusSeconds(1), "Let me look at the tests."),
                    new RunStory.Ended(
                        summary.begin().plus(summary.duration()),
                        summary.outcome(),
                        isAnswered ? "Two of them:\n- the parser's\n- the printer's" : "")),
                0)));
  }

  private void addCall(Instant time) {
    RunSummary run = runs.getLast().summary();
    calls.add(
        PageCall.of(
            new StoredCall(
                calls.size(),
                run.runId(),
                "0123456789abcdef",
                time,
                run.asker(),
                run.agent(),
                new Place("ssh", Optional.of(host()), sandbox()),
                new StoredCall.What(
                    random.nextBoolean() ? "make" : "sh",
                    Optional.of("shell"),
                    Optional.of(FUNCTIONS.get(random.nextInt(FUNCTIONS.size()))),
                    Optional.empty(),
                    Optional.of("{\"command\":\"make -C src test-" + random.nextInt(5000) + "\"}")),
                end(),
                Optional.empty())));
  }

  private Optional<String> sandbox() {
    return sandboxes.isEmpty()
        ? Optional.empty()
        : Optional.of(sandboxes.get(calls.size() % sandboxes.size()));
  }

  private String host() {
    return HOSTS.get((int) (random.nextDouble() * random.nextDouble() * HOSTS.size()));
  }

  private Optional<StoredCall.End> end() {
    int kind = calls.size() == 3 ? 8 : random.nextInt(1000);
    if (kind < 2) {
      return Optional.empty();
    }
    if (kind < 12) {
      return Optional.of(end("timed_out", 124, Optional.of("stopped"), Optional.empty()));
    }
    if (kind < 16) {
      return Optional.of(end("lost", 125, Optional.empty(), Optional.empty()));
    }
    if (kind < 36) {
      return Optional.of(end("refused", 126, Optional.empty(), Optional.of("policy")));
    }
    if (kind < 40) {
      return Optional.of(end("cancelled", 130, Optional.of("unknown"), Optional.empty()));
    }
    if (kind < 44) {
      return Optional.of(end("not_started", 125, Optional.empty(), Optional.of("unreachable")));
    }
    return Optional.of(
        end("exited", kind < 110 ? 1 + kind % 2 : 0, Optional.empty(), Optional.empty()));
  }

  private StoredCall.End end(
      String word, int status, Optional<String> stop, Optional<String> because) {
    return new StoredCall.End(
        word,
        status,
        Duration.ofMillis((long) Math.exp(random.nextDouble() * 11)),
        stop,
        because,
        new StoredCall.Output(
            Optional.of((long) Math.exp(random.nextDouble() * 14) - 1),
            Optional.empty(),
            Optional.empty()));
  }
}
