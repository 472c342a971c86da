package initrunner.cli;

import initrunner.agent.PausedRuns;
import initrunner.audit.AuditLocation;
import initrunner.audit.ChainKey;
import initrunner.audit.Retention;
import initrunner.cli.console.Console;
import initrunner.text.Redaction;
import java.nio.file.Path;

/// What is kept of this user's runs. Only the process's own environment says where: a `.env` beside
/// a role came with the role, and whoever wrote it is not to choose what signs the record of it.
///
/// @param pausedRuns where runs that pause are stored
/// @param key what signs the records
/// @param retention how long they are kept
record RunHome(PausedRuns pausedRuns, ChainKey key, Retention retention) {

  /// @param console with the variables of the process, and none of a `.env`
  static RunHome of(Console console) {
    Path home = AuditLocation.home(console.environment());
    return new RunHome(
        new PausedRuns(home, Redaction::redact),
        ChainKey.of(console.environment(), home),
        Retention.of(console.environment()));
  }
}
