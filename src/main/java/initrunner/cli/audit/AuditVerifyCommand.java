package initrunner.cli.audit;

import initrunner.audit.AuditNote;
import initrunner.audit.ChainCheck;
import initrunner.audit.Checkpoint;
import initrunner.cli.console.ExitCodes;
import initrunner.text.SafeText;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `audit verify`: checks the signatures of the audit log.
@Command(
    name = "verify",
    aliases = "verify-chain",
    descriptionHeading = "%n",
    description = {"Checks that nothing in the audit log was changed, added or deleted.", ""},
    sortOptions = false,
    footer = {
      "",
      "The key is in INITRUNNER_AUDIT_HMAC_KEY, else in audit_hmac.key in",
      "INITRUNNER_HOME, else in ~/.initrunner.",
      "",
      "Exit status: 0 all signatures are right, 1 one is not or there is nothing to",
      "check, 2 wrong usage.",
    })
public final class AuditVerifyCommand implements Callable<Integer> {

  private static final int MOST_PRUNINGS_SHOWN = 10;
  private static final int MOST_SHOWN = 40;

  @Option(
      names = "--tip",
      paramLabel = "TEXT",
      description =
          "What audit checkpoint printed once, or its last line: the records of then must be there as"
              + " they were.")
  private @Nullable String tip;

  @Mixin private final AuditOptions audit = new AuditOptions();

  @Override
  public Integer call() {
    Optional<Checkpoint> checkpoint =
        Optional.ofNullable(tip)
            .map(text ->
                Checkpoint.parse(text)
                    .orElseThrow(() ->
                        audit.fault(
                            "--tip '"
                                + SafeText.cut(text, MOST_SHOWN)
                                + "' is no checkpoint; give all that audit checkpoint printed, or"
                                + " its last line")));
    List<Path> databases = audit.toRead();
    boolean holds = true;
    for (Path file : databases) {
      if (databases.size() > 1) {
        say(file + ":");
      }
      holds &= show(ChainCheck.report(file, audit.key()));
    }
    if (holds && checkpoint.isPresent()) {
      holds = show(checkpoint.get().in(databases.getFirst(), audit.key()));
    }
    return holds ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private void say(String line) {
    audit.out().println(line);
  }

  /// Whether all of it holds.
  private boolean show(ChainCheck.Report report) {
    boolean holds = true;
    for (ChainCheck.Result result : report.results()) {
      String before =
          result.unsigned() == 0 ? "" : ", " + result.unsigned() + " from before signing";
      say(result.table() + ": " + result.signed() + " verified" + before);
      if (result.firstBreak().isPresent()) {
        ChainCheck.Break found = result.firstBreak().get();
        String reason = found.reason().name().toLowerCase(Locale.ROOT);
        say(
            "%s: BROKEN at id %d (%s): %s"
                .formatted(result.table(), found.id(), reason, found.what()));
        holds = false;
      }
    }
    show(report.prunings());
    if (report.keys().size() > 1) {
      say("Signed with these keys, one after the other: " + String.join(", ", report.keys()));
    }
    if (holds) {
      show(report.anchor());
    }
    return holds;
  }

  /// Whether the records of the checkpoint are there.
  private boolean show(Checkpoint.Found found) {
    found.remarks().forEach(this::say);
    found.faults().forEach(fault -> say("BROKEN: " + fault));
    if (found.faults().isEmpty()) {
      say("The audit log goes on from the checkpoint.");
    }
    return found.faults().isEmpty();
  }

  private void show(List<AuditNote> prunings) {
    int earlier = Math.max(0, prunings.size() - MOST_PRUNINGS_SHOWN);
    if (earlier > 0) {
      long records = prunings.subList(0, earlier).stream().mapToLong(AuditNote::records).sum();
      say(records + " pruned at " + earlier + " earlier times");
    }
    for (AuditNote note : prunings.subList(earlier, prunings.size())) {
      say(
          "%s: %d pruned on %s, ids %d to %d, recorded from %s to %s"
              .formatted(
                  note.table(),
                  note.records(),
                  note.timestamp(),
                  note.firstId(),
                  note.lastId(),
                  note.oldest(),
                  note.newest()));
    }
  }

  private void show(ChainCheck.Anchor anchor) {
    switch (anchor) {
      case BESIDE_THE_KEY -> {}
      case IN_THE_DATABASE ->
          say(
              "Nothing is kept beside this key about where the audit log ends: an older copy of all of"
                  + " it would look the same.");
      case NONE ->
          say(
              "Nothing says where this record begins and ends: whether its oldest records were"
                  + " deleted does not show.");
    }
  }
}
