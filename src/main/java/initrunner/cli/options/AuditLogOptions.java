package initrunner.cli.options;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.audit.Retention;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of commands that make calls: where their audit log is, or that there is none.
public final class AuditLogOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private final AuditDatabaseOption database = new AuditDatabaseOption();

  @Option(names = "--no-audit", description = "Keep no audit log.")
  private boolean none;

  public void refuseContradiction() {
    if (none && database.isGiven()) {
      throw new ParameterException(
          spec.commandLine(),
          "--no-audit keeps no audit log, so it cannot be combined with --audit-db");
    }
  }

  /// Empty for no audit log.
  ///
  /// @param process the variables of this process
  public Optional<AuditLocation> location(Map<String, String> process) {
    return none ? Optional.empty() : Optional.of(database.location(process));
  }

  /// Opens the audit log for a work, and closes it behind that. Blocks on the database.
  ///
  /// @param process the variables of this process
  /// @param work gets the audit log, empty for none, and returns the exit status
  public int statusOf(Map<String, String> process, ToIntFunction<Optional<AuditStore>> work) {
    Optional<AuditStore> audit =
        location(process)
            .map(place ->
                AuditStore.open(
                    place.database(), ChainKey.of(process, place), Retention.of(process)));
    try {
      return work.applyAsInt(audit);
    } finally {
      audit.ifPresent(AuditStore::close);
    }
  }
}
