package initrunner.cli.audit;

import initrunner.audit.AuditNote;
import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import initrunner.audit.Retention;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.InputLines;
import initrunner.text.SafeText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    description = {"Shows which old records go, asks, deletes them, and leaves a signed note.", ""},
    sortOptions = false,
    footer = {
      "",
      "All records are verified first; if one was changed, none is deleted. A signed",
      "note of what was deleted stays, so that audit verify holds, and shows it.",
      "Age is counted from the newest record, or from the clock where the clock is",
      "behind it. With one of the options, and where a variable says how long records",
      "are kept, that holds for all of them; else a role's security.audit holds for",
      "those of its agent.",
      "",
      "Exit status: 0, 1 the audit log was changed, there is none, or the answer was",
      "no, 2 wrong usage.",
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

  @Option(
      names = {"-y", "--yes"},
      description = "Do it without a question.")
  private boolean yes;

  @Mixin private final AuditOptions audit = new AuditOptions();

  @Override
  public Integer call() throws InterruptedException {
    Retention usual = Retention.of(audit.environment());
    Optional<Duration> maxAge = audit.number("--retention-days", days, "").map(Duration::ofDays);
    Optional<Integer> maxRecords = audit.number("--max-records", records, "");
    audit.requireAllowed();
    Retention retention =
        maxAge.isEmpty() && maxRecords.isEmpty()
            ? usual
            : new Retention(maxAge.orElse(usual.maxAge()), maxRecords.orElse(usual.maxRecords()));
    Path database = audit.location().database();
    AuditQuery.requirePresent(database);
    try (AuditStore store = AuditStore.open(database, audit.key(), usual)) {
      Instant now = Instant.now();
      show(retention, store);
      List<AuditNote> due = store.due(retention, now);
      due.forEach(this::show);
      if (!due.isEmpty() && !yes && !isWanted()) {
        audit.out().println("Nothing is deleted.");
        return ExitCodes.FAILED;
      }
      audit.out().println("Records deleted: " + store.prune(retention, now));
    }
    return ExitCodes.OK;
  }

  private void show(Retention retention, AuditStore store) {
    audit
        .out()
        .println(
            "Kept: %d days, and the newest %d of each table"
                .formatted(retention.maxAge().toDays(), retention.maxRecords()));
    if (retention.reach() == Retention.Reach.WHERE_NO_ROLE_SAYS) {
      store.saidByRoles().forEach(role -> show(role.over(retention), role.agent()));
    }
  }

  private void show(Retention said, String agent) {
    audit
        .out()
        .println(
            "Kept of %s, as its role says: %d days, and the newest %d of each table"
                .formatted(SafeText.exact(agent), said.maxAge().toDays(), said.maxRecords()));
  }

  private void show(AuditNote note) {
    audit
        .out()
        .println(
            "%s: %d records go, ids %d to %d, recorded from %s to %s"
                .formatted(
                    note.table(),
                    note.records(),
                    note.firstId(),
                    note.lastId(),
                    note.oldest(),
                    note.newest()));
    audit.out().flush();
  }

  /// Asks, and blocks until there is an answer; where no person can type, it is a no.
  private boolean isWanted() throws InterruptedException {
    Console console = audit.console();
    if (console.input() != Console.Output.TERMINAL) {
      console.err().println("No person can be asked here; --yes does it without a question.");
      return false;
    }
    return InputLines.isYes(console, "Delete them?");
  }
}
