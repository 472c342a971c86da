package initrunner.cli.record;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditNote;
import initrunner.audit.ChainCheck;
import initrunner.audit.ChainKey;
import initrunner.cli.console.ExitCodes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `audit verify`: checks the signatures of the record.
@Command(
    name = "verify",
    aliases = "verify-chain",
    description = "Checks that nothing in the record was changed, added or deleted.",
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

  @Spec private CommandSpec spec;
  @ParentCommand private AuditCommand audit;

  @Option(
      names = "--audit-db",
      paramLabel = "FILE",
      description = "Another database than audit.db in the home.")
  private @Nullable Path database;

  /// For picocli, as a command of [AuditCommand].
  public AuditVerifyCommand() {}

  @Override
  public Integer call() {
    List<Path> databases = audit.toRead(Optional.ofNullable(database));
    ChainKey key = ChainKey.of(audit.environment(), AuditLocation.home(audit.environment()));
    boolean holds = true;
    for (Path file : databases) {
      if (databases.size() > 1) {
        out().println(file + ":");
      }
      holds &= show(ChainCheck.report(file, key));
    }
    return holds ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /// Whether all of it holds.
  private boolean show(ChainCheck.Report report) {
    boolean holds = true;
    for (ChainCheck.Result result : report.results()) {
      out()
          .println(
              result.table()
                  + ": "
                  + result.signed()
                  + " verified"
                  + (result.unsigned() == 0
                      ? ""
                      : ", " + result.unsigned() + " from before signing"));
      if (result.firstBreak().isPresent()) {
        ChainCheck.Break found = result.firstBreak().get();
        out()
            .println(
                result.table()
                    + ": BROKEN at id "
                    + found.id()
                    + " ("
                    + found.reason().name().toLowerCase(Locale.ROOT)
                    + "): "
                    + found.what());
        holds = false;
      }
    }
    show(report.prunings());
    if (holds) {
      show(report.anchor());
    }
    return holds;
  }

  private void show(List<AuditNote> prunings) {
    int earlier = Math.max(0, prunings.size() - MOST_PRUNINGS_SHOWN);
    if (earlier > 0) {
      long records = prunings.subList(0, earlier).stream().mapToLong(AuditNote::records).sum();
      out().println(records + " pruned at " + earlier + " earlier times");
    }
    for (AuditNote note : prunings.subList(earlier, prunings.size())) {
      out()
          .println(
              note.table()
                  + ": "
                  + note.records()
                  + " pruned on "
                  + note.timestamp()
                  + ", ids "
                  + note.firstId()
                  + " to "
                  + note.lastId()
                  + ", recorded from "
                  + note.oldest()
                  + " to "
                  + note.newest());
    }
  }

  private void show(ChainCheck.Anchor anchor) {
    switch (anchor) {
      case BESIDE_THE_KEY -> {}
      case IN_THE_DATABASE ->
          out()
              .println(
                  "Nothing is kept beside this key about where the record ends: an older copy of"
                      + " all of it would look the same.");
      case NONE ->
          out()
              .println(
                  "Nothing says where this record begins and ends: whether its oldest records were"
                      + " deleted does not show.");
    }
  }
}
