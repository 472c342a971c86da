package initrunner.cli.record;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.audit.Retention;
import initrunner.cli.console.ExitCodes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `audit prune`: deletes old records, each of which is verified before.
@Command(
    name = "prune",
    description = "Deletes old records, and notes in the record what was deleted.",
    sortOptions = false,
    footer = {
      "",
      "All records are verified first; if one was changed, none is deleted.",
      "Age is counted from the newest record, or from the clock where the clock is",
      "behind it.",
      "",
      "Exit status: 0, 1 the record was changed or there is none, 2 wrong usage.",
    })
public final class AuditPruneCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @ParentCommand private AuditCommand audit;

  @Option(
      names = "--retention-days",
      paramLabel = "N",
      description = "Older records go (default: " + Retention.DAYS_VARIABLE + ", else 90).")
  private @Nullable String days;

  @Option(
      names = "--max-records",
      paramLabel = "N",
      description =
          "Only so many events and as many runs stay, the newest (default: "
              + Retention.RECORDS_VARIABLE
              + ", else 100000).")
  private @Nullable String records;

  @Option(
      names = "--audit-db",
      paramLabel = "FILE",
      description = "Another database than audit.db in the home.")
  private @Nullable Path database;

  /// For picocli, as a command of [AuditCommand].
  public AuditPruneCommand() {}

  @Override
  public Integer call() {
    Retention usual = Retention.of(audit.environment());
    Retention retention =
        new Retention(
            Optional.ofNullable(days)
                .map(given -> audit.number(spec, "--retention-days", given))
                .map(Duration::ofDays)
                .orElse(usual.maxAge()),
            Optional.ofNullable(records)
                .map(given -> audit.number(spec, "--max-records", given))
                .orElse(usual.maxRecords()));
    AuditLocation place = AuditLocation.of(audit.environment(), Optional.ofNullable(database));
    AuditQuery.requirePresent(place.database());
    ChainKey key = ChainKey.of(audit.environment(), place);
    try (AuditStore store = AuditStore.open(place.database(), key, retention)) {
      spec.commandLine().getOut().println("Pruned " + store.prune(Instant.now()) + " record(s).");
    }
    return ExitCodes.OK;
  }
}
