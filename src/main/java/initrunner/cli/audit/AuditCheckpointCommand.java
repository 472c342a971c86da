package initrunner.cli.audit;

import initrunner.audit.AuditException;
import initrunner.audit.ChainCheck;
import initrunner.audit.Checkpoint;
import initrunner.cli.console.ExitCodes;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `audit checkpoint`: prints where the audit log ends, to be kept elsewhere.
@Command(
    name = "checkpoint",
    descriptionHeading = "%n",
    description = {"Verifies the audit log, and prints where it ends now, in one word.", ""},
    sortOptions = false,
    footer = {
      "",
      "Keep the word on another machine. From then on, audit verify --tip WORD fails",
      "where a record from before was changed or cut off, also by a program that can",
      "read the key. It holds no secret.",
      "",
      "Examples:",
      "  initrunner audit checkpoint | ssh my-other-machine 'cat >> tips'",
      "  initrunner audit verify --tip \"$(ssh my-other-machine tail -n 1 tips)\"",
      "",
      "Exit status: 0, 1 the audit log was changed or there is none, 2 wrong usage.",
    })
public final class AuditCheckpointCommand implements Callable<Integer> {

  @Mixin private final AuditOptions audit = new AuditOptions();

  @Override
  public Integer call() {
    Path database = audit.toRead().getFirst();
    boolean isBroken =
        ChainCheck.report(database, audit.key()).results().stream()
            .anyMatch(result -> result.firstBreak().isPresent());
    if (isBroken) {
      throw new AuditException(
          "The audit database " + database + " was changed, so no checkpoint is made of it",
          "See: initrunner audit verify");
    }
    audit.out().println(Checkpoint.of(database, audit.key()).text());
    return ExitCodes.OK;
  }
}
