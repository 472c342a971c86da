package initrunner.cli;

import initrunner.agent.PausedRuns;
import initrunner.audit.AuditLocation;
import initrunner.audit.ChainKey;
import initrunner.audit.Redaction;
import java.util.Optional;

/// What is kept of this user's runs. Only the process's own environment says where: a `.env` beside
/// a role came with the role, and whoever wrote it is not to choose what signs the record of it.
///
/// @param pausedRuns where runs that pause are stored
/// @param key what signs the records
record RunHome(PausedRuns pausedRuns, ChainKey key) {

  /// @param console with the variables of the process, and none of a `.env`
  static RunHome of(Console console) {
    AuditLocation location = AuditLocation.of(console.environment(), Optional.empty());
    return new RunHome(
        new PausedRuns(location.home(), Redaction::redact),
        ChainKey.of(console.environment(), location));
  }
}
