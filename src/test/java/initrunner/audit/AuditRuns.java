package initrunner.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Runs to record.
public final class AuditRuns {

  private AuditRuns() {}

  public static AuditRun run(String runId) {
    return run(runId, Instant.now());
  }

  public static AuditRun run(String runId, Instant timestamp) {
    return run(runId, timestamp, "What is it?");
  }

  static AuditRun run(String runId, Instant timestamp, String prompt) {
    return new AuditRun(
        runId,
        "agent",
        timestamp,
        prompt,
        "openai",
        "gpt-5-mini",
        "It is \"so\": ä\u007F\uD83D\uDE00\n/",
        new AuditRun.Tokens(10, 5),
        3,
        Duration.ofMillis(1234),
        true,
        Optional.empty(),
        new AuditRun.Trigger("cli", Optional.empty()),
        "[]",
        List.of("run_shell", "run_python"));
  }
}
