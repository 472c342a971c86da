package initrunner.run;

import initrunner.agent.PausedRuns;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.audit.Retention;
import initrunner.text.Redaction;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The user's directory for runs. Only the process's own environment chooses it: a `.env` beside a
/// role came with the role, and its author must not choose the key that signs the audit log.
///
/// @param pausedRuns where paused runs are stored
/// @param key signs the audit log
/// @param retention how long its rows are kept
public record RunHome(PausedRuns pausedRuns, ChainKey key, Retention retention) {

  /// The home that the environment names.
  ///
  /// @param process the variables of the process, without those of a `.env`
  public static RunHome of(Map<String, String> process) {
    Path home = AuditLocation.home(process);
    return new RunHome(
        new PausedRuns(home, Redaction::redact), ChainKey.of(process, home), Retention.of(process));
  }

  /// Opens the audit log of an order; the caller closes it. Blocks on the file system.
  ///
  /// @throws AuditException if it cannot be opened
  public Optional<AuditStore> auditLog(RunOrder order) {
    return order.setting().auditDatabase().map(file -> AuditStore.open(file, key, retention));
  }
}
