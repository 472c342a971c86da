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

/// What is kept of this user's runs. Only the process's own environment says where: a `.env` beside
/// a role came with the role, and its author does not choose what signs the audit log.
///
/// @param pausedRuns where runs that pause are stored
/// @param key what signs the audit log
/// @param retention how long its rows are kept
public record RunHome(PausedRuns pausedRuns, ChainKey key, Retention retention) {

  /// The home that the environment names.
  ///
  /// @param process the variables of the process, and none of a `.env`
  public static RunHome of(Map<String, String> process) {
    Path home = AuditLocation.home(process);
    return new RunHome(
        new PausedRuns(home, Redaction::redact), ChainKey.of(process, home), Retention.of(process));
  }

  /// The audit log that an order names, open; to be closed. Blocks on the file system.
  ///
  /// @throws AuditException if it cannot be opened
  public Optional<AuditStore> auditLog(RunOrder order) {
    return order.setting().auditDatabase().map(file -> AuditStore.open(file, key, retention));
  }
}
