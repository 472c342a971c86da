package initrunner.cli.report;

import initrunner.audit.AuditException;
import initrunner.audit.story.RunFilter;
import initrunner.audit.story.RunLog;
import initrunner.audit.story.RunSummary;
import initrunner.audit.story.RunSummary.Place;
import initrunner.text.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a person wants to see of the audit log. Immutable.
///
/// @param host as the role names it, or [RunFilter#THIS_MACHINE]
/// @param sandbox its name, of a role that has several
/// @param since only what began then or later
record ReportQuestion(
    Optional<String> agent,
    Optional<String> host,
    Optional<String> sandbox,
    Optional<Instant> since) {

  /// How much a page has at most, the newest.
  ///
  /// @param runs of which a line is listed
  /// @param stories of agents' runs, with prompt and answer
  /// @param characters of long texts of calls, and as many of those of runs
  record Bounds(int calls, int runs, int stories, long characters) {

    static final Bounds OF_A_PAGE = new Bounds(100_000, 10_000, 2000, 16_000_000);
  }

  /// Reads the answer. Blocks on the database.
  ///
  /// @throws AuditException if there is no database here, or it cannot be read
  PageData data(RunLog log, Bounds most, String version) {
    NewestCalls calls = calls(log, most);
    List<PageRun> runs = runs(log, most);
    List<String> leftOut = new ArrayList<>();
    if (calls.left() > 0) {
      leftOut.add(
          "The newest %,d calls are on this page; %,d older ones are left out (see --since)."
              .formatted(most.calls(), calls.left()));
    }
    if (runs.size() > most.runs()) {
      runs.removeFirst();
      leftOut.add("The newest %,d runs are listed; older ones are not.".formatted(most.runs()));
    }
    if (runs.stream().filter(PageRun::isOfAgent).count() > most.stories()) {
      leftOut.add(
          "The newest %,d runs of agents are here with prompt and answer, older ones without."
              .formatted(most.stories()));
    }
    PageData.About about =
        new PageData.About(
            System.currentTimeMillis(),
            version,
            ShownText.line(log.database().toString()),
            asked(),
            leftOut);
    return new PageData(about, calls.oldestFirst(), runs).bounded(most.characters());
  }

  private List<String> asked() {
    List<String> asked = new ArrayList<>();
    agent.ifPresent(name -> asked.add("only of agent " + ShownText.name(name)));
    host.ifPresent(name -> asked.add("only on host " + ShownText.name(name)));
    sandbox.ifPresent(name -> asked.add("only in sandbox " + ShownText.name(name)));
    since.ifPresent(time -> asked.add("only since " + Timestamps.format(time)));
    return asked;
  }

  private NewestCalls calls(RunLog log, Bounds most) {
    NewestCalls calls = new NewestCalls(most.calls());
    NewestCalls transfers = new NewestCalls(most.calls());
    Instant from = since.orElse(Instant.EPOCH);
    log.calls(
        from,
        call -> {
          if (wants(call.agent(), call.place())) {
            calls.add(PageCall.of(call));
          }
        });
    log.transfers(
        from,
        transfer -> {
          if (wants(transfer.agent(), transfer.place())) {
            transfers.add(PageCall.of(transfer));
          }
        });
    calls.addAll(transfers);
    return calls;
  }

  private boolean wants(String ofAgent, Place at) {
    return agent.map(ofAgent::equals).orElse(true)
        && host.map(name -> name.equals(at.host().orElse(RunFilter.THIS_MACHINE))).orElse(true)
        && (sandbox.isEmpty() || sandbox.equals(at.sandbox()));
  }

  /// Oldest first; one more than the page may have, if there are more.
  private List<PageRun> runs(RunLog log, Bounds most) {
    List<RunSummary> newestFirst =
        log.runs(new RunFilter(agent, host, sandbox, since, RunFilter.Ends.ALL, most.runs() + 1));
    List<RunSummary> told =
        newestFirst.stream()
            .filter(run -> PageRun.of(run).isOfAgent())
            .limit(most.stories())
            .toList();
    Map<String, PageRun> stories =
        log.storiesWithoutCalls(told).stream()
            .map(PageRun::of)
            .collect(Collectors.toMap(run -> run.summary().runId(), run -> run));
    return newestFirst.reversed().stream()
        .map(run -> stories.getOrDefault(run.runId(), PageRun.of(run)))
        .collect(Collectors.toCollection(ArrayList::new));
  }
}
