package initrunner.cli.options;

import initrunner.audit.AuditLocation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option that names the audit log's database.
public final class AuditDatabaseOption {

  @Option(
      names = "--audit-db",
      paramLabel = "FILE",
      description =
          "The audit log's database (default: INITRUNNER_AUDIT_DB, else audit.db in"
              + " INITRUNNER_HOME, in XDG_DATA_HOME/initrunner, or in ~/.initrunner).")
  private @Nullable Path database;

  public boolean isGiven() {
    return database != null;
  }

  /// Where the audit log is written.
  ///
  /// @param environment the variables of this process
  public AuditLocation location(Map<String, String> environment) {
    return AuditLocation.of(environment, Optional.ofNullable(database));
  }

  /// The databases to read: the one that is named, else those at the default location.
  ///
  /// @param environment the variables of this process
  public List<Path> toRead(Map<String, String> environment) {
    return AuditLocation.toRead(environment, Optional.ofNullable(database));
  }
}
