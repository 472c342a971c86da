package initrunner.cli.files;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.run.RoleSource;
import initrunner.transfer.Rules;
import initrunner.transfer.tree.Selection;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `pull`: files of a host come to this machine.
@Command(
    name = "pull",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = {
      "Usage: initrunner pull ROLE [PATH…] [--to DIR] [OPTIONS]",
      "       initrunner pull --host HOST [PATH…] [--to DIR] [OPTIONS]"
    },
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Fetches files and directories from a host.",
      "A PATH is below where commands start there, absolute, or '~/PATH'.",
      "Each comes under its last name; without PATH, all that is where commands start.",
      "Only what differs is fetched. A file that both sides changed stays as it is on",
      "both, and is named. Links that lead out of DIR, and .git, are refused.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner pull role.yaml build/report.html",
      "      one file, into this directory",
      "  initrunner pull --host my-build-box /var/log/app --to logs --exclude '*.gz'",
      "      a directory without some of its files: logs/app",
      "  initrunner pull role.yaml --dry-run",
      "      what would come",
      "",
      "Ctrl-C leaves each file whole; the same command goes on with what is missing.",
      "",
      "Exit status: 0 all is done, 1 some files are in conflict, were refused or are",
      "not there, 2 wrong usage or a fault in the role, 125 the transfer failed,",
      "130 Ctrl-C."
    })
public final class PullCommand implements Callable<Integer> {

  private final Console console;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description =
          "The directory here that they come into, made if it is missing (default: the current"
              + " one).")
  private Path to = Path.of("");

  @Mixin private final TransferOptions options = new TransferOptions();

  public PullCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RoleSource source = options.source(console.environment());
    Selection selection = options.selection(Selection.Git.LEFT_OUT);
    List<Part> parts = options.read(() -> PullPaths.parts(options.paths(), to, selection));
    return new TransferCall(
            console, options.rules(Rules.Direction.PULL), options.work(), options.form())
        .run(source, parts, options.auditLog(), options.ask());
  }
}
