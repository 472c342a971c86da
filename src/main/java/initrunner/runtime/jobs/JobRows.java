package initrunner.runtime.jobs;

import initrunner.audit.AuditEvent;
import initrunner.audit.AuditException;
import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import initrunner.runtime.confine.SandboxHost;
import initrunner.text.SecretValues;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.Job.State;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// Records that jobs were started and how they ended, with rows `sandbox.job`. The end of a job is
/// recorded once, by the process that finds it first. Immutable; each method blocks for the
/// database.
///
/// @param asked who asks for the calls, as each row says it
public record JobRows(
    AuditStore store,
    String agentName,
    SandboxHost place,
    SecretValues secrets,
    SequencedMap<String, String> asked) {

  private static final String TYPE = "sandbox.job";
  private static final int MOST_ROWS = 10_000;

  /// Records the start of a job.
  ///
  /// @throws AuditException if it cannot be written
  public void started(Job job) {
    append(job, "started", Optional.empty());
  }

  /// Records the ends of those whose start is recorded, and whose end is not. A row that cannot be
  /// written is only logged: the next look writes it.
  public void found(List<Job> jobs) {
    List<Job> ended = jobs.stream().filter(job -> job.end().isPresent()).toList();
    if (ended.isEmpty()) {
      return;
    }
    try {
      List<String> known = recorded();
      for (Job job : ended) {
        List<String> ours = known.stream().filter(row -> isOf(job, row)).toList();
        // A host may name as many jobs as it likes.
        if (!ours.isEmpty() && ours.stream().allMatch(row -> row.contains(" ended=started "))) {
          append(job, job.end().orElseThrow(), Optional.of(job.state()));
        }
      }
    } catch (AuditException e) {
      System.getLogger(JobRows.class.getName())
          .log(Level.ERROR, "The end of jobs is not recorded: {0}", e.getMessage());
    }
  }

  /// Two sandboxes of one host have the same jobs.
  private boolean isOf(Job job, String row) {
    return row.contains(" job=" + job.id() + " ")
        && place
            .host()
            .map(host -> row.contains(" host=" + AuditQuery.inDetails(host) + " "))
            .orElse(true);
  }

  private List<String> recorded() {
    Path database = store.database();
    return Files.exists(database)
        ? new AuditQuery(Optional.of(TYPE), Optional.empty(), Optional.empty(), MOST_ROWS)
            .run(database).stream().map(row -> row.details() + " ").toList()
        : List.of();
  }

  private void append(Job job, String ended, Optional<State> state) {
    SequencedMap<String, String> details = place.details();
    details.put("job", job.id());
    details.put("name", secrets.redacted(job.name()));
    details.put("ended", ended);
    state.ifPresent(end -> {
      if (end instanceof State.Ended(int status, _, Optional<Instant> at)) {
        details.put("rc", Integer.toString(status));
        at.ifPresent(time -> details.put("at", time.toString()));
      }
      details.put("bytes", Long.toString(job.bytes()));
    });
    details.putAll(asked);
    store.append(new AuditEvent(Instant.now(), TYPE, agentName, details));
  }
}
