package initrunner.cli;

import initrunner.audit.AuditLocation;
import initrunner.audit.ChainCheck;
import initrunner.audit.ChainKey;
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
    description = "Checks that nothing in the record was changed, added or deleted.",
    sortOptions = false,
    footer = {
      "",
      "The key is in INITRUNNER_AUDIT_HMAC_KEY, else in audit_hmac.key in INITRUNNER_HOME,",
      "else in ~/.initrunner.",
      "",
      "Exit status: 0 all signatures are right, 1 one is not or there is nothing to check,",
      "2 wrong usage.",
    })
public final class AuditVerifyCommand implements Callable<Integer> {

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
    AuditLocation place = AuditLocation.of(audit.environment(), Optional.ofNullable(database));
    List<ChainCheck.Result> results =
        ChainCheck.run(place.database(), ChainKey.of(audit.environment(), place));
    PrintWriter out = spec.commandLine().getOut();
    boolean holds = true;
    for (ChainCheck.Result result : results) {
      out.println(
          result.table()
              + ": "
              + result.signed()
              + " verified"
              + (result.unsigned() == 0 ? "" : ", " + result.unsigned() + " from before signing"));
      if (result.firstBreak().isPresent()) {
        ChainCheck.Break found = result.firstBreak().get();
        out.println(
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
    return holds ? ExitCodes.OK : ExitCodes.FAILED;
  }
}
