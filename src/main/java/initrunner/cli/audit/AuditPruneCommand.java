package initrunner.cli.audit;

import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import initrunner.audit.Retention;
import initrunner.cli.console.ExitCodes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `audit prune`: deletes old records, each of which is verified before.
@Command(
    name = "prune",
    descriptionHeading = "%n",
    description = {"Deletes old records, and notes in the audit log what was deleted.", ""},
    sortOptions = false,
    footer = {
      "",
      "All records are verified first; if one was changed, none is deleted.",
      "Age is counted from the newest record, or from the clock where the clock is",
      "behind it.",
      "",
      "Exit status: 0, 1 the audit log was changed or there is none, 2 wrong usage.",
    })
public final class AuditPruneCommand implements Callable<Integer> {

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

  @Mixin private final AuditOptions audit = new AuditOptions();

  @Override
  public Integer call() {
    Retention usual = Retention.of(audit.environment());
    Optional<Duration> maxAge = audit.number("--retention-days", days, "").map(Duration::ofDays);
    Retention retention =
        new Retention(
            maxAge.orElse(usual.maxAge()),
            audit.number("--max-records", records, "").orElse(usual.maxRecords()));
    audit.requireAllowed();
    Path database = audit.location().database();
    AuditQuery.requirePresent(database);
    try (AuditStore store = AuditStore.open(database, audit.key(), retention)) {
      audit.out().println("Records deleted: " + store.prune(Instant.now()));
    }
    return ExitCodes.OK;
  }
}
