package initrunner.cli.files;

import initrunner.audit.AuditLocation;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.options.AskOption;
import initrunner.cli.options.AuditLogOptions;
import initrunner.cli.options.SandboxOption;
import initrunner.role.Role;
import initrunner.role.sandbox.WorkspaceSettings;
import initrunner.run.RoleSource;
import initrunner.run.WorkspaceTrees;
import initrunner.transfer.Exchange;
import initrunner.transfer.Rules;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sync`: a role's workspace goes both ways.
@Command(
    name = "sync",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = "Usage: initrunner sync ROLE [--yes] [--take here|there] [OPTIONS]",
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Brings a role's workspace to the same state here and on the host.",
      "What changed on one side since the last time goes to the other, removals too.",
      "A file that both sides changed stays as it is on both, and is named.",
      "It shows first what it would do, and asks.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner sync role.yaml",
      "      shows what differs, and asks",
      "  initrunner sync role.yaml --take there --yes",
      "      where both sides changed a file, that of the host holds",
      "",
      "Exit status: 0 all is done, 1 some files are in conflict or were refused, or",
      "the answer was no, 2 wrong usage or a fault in the role, 125 the transfer",
      "failed, 130 Ctrl-C."
    })
public final class SyncCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROLE",
      description = "The role, which has an ssh.workspace.")
  private @Nullable Path role;

  @Option(names = "--yes", description = "Do it without a question.")
  private boolean yes;

  @Mixin private final SandboxOption sandbox = new SandboxOption();

  @Mixin private final AskOption ask = new AskOption();

  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  private boolean dryRun;

  @Option(
      names = "--take",
      paramLabel = "SIDE",
      converter = Taken.class,
      completionCandidates = Taken.Names.class,
      description = "Where both sides changed a file, take that of here or that of there.")
  private Rules.Take take = Rules.Take.NEITHER;

  @Option(names = "--json", description = "At the end one JSON object about all of it.")
  private boolean json;

  @Mixin private final AuditLogOptions auditLog = new AuditLogOptions();

  public SyncCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    auditLog.refuseContradiction();
    if (role == null) {
      throw fault("there is no role; give the file of one with an ssh.workspace");
    }
    RoleSource whole = RoleSource.of(role, console.environment());
    RoleSource source = sandbox.in(whole);
    Rules rules = new Rules(Rules.Direction.BOTH, Rules.Deletion.FOLLOWED, take);
    return new TransferCall(console, rules, work(), form())
        .run(
            source,
            List.of(new Part(trees(source.role(), whole.role()), Optional.empty())),
            auditLog,
            ask);
  }

  private Exchange.Trees trees(Role of, Role whole) {
    return WorkspaceTrees.of(of, AuditLocation.home(console.environment()))
        .orElseThrow(() -> fault(withoutWorkspace(of, whole)));
  }

  private static String withoutWorkspace(Role of, Role whole) {
    List<String> having =
        whole.sandboxNames().stream()
            .filter(name -> WorkspaceSettings.of(whole.at(name).sandbox()).isPresent())
            .toList();
    if (!having.isEmpty()) {
      return "sandbox "
          + of.security().sandboxName().orElseThrow()
          + " has no workspace; add --sandbox with one that has: "
          + String.join(", ", having);
    }
    return "that role has no workspace; add ssh.workspace to its sandbox, or use push and pull";
  }

  private TransferCall.Form form() {
    return json ? TransferCall.Form.JSON : TransferCall.Form.TEXT;
  }

  private TransferCall.Work work() {
    if (dryRun) {
      return TransferCall.Work.PLAN;
    }
    if (yes) {
      return TransferCall.Work.RUN;
    }
    if (json) {
      throw fault("--json asks no question; add --yes or --dry-run");
    }
    return TransferCall.Work.ASK;
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
