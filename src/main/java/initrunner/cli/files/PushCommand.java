package initrunner.cli.files;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.run.RoleSource;
import initrunner.transfer.Rules;
import initrunner.transfer.tree.Selection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `push`: files of this machine go to a host.
@Command(
    name = "push",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = {
      "Usage: initrunner push ROLE [PATH…] [--to DIR] [OPTIONS]",
      "       initrunner push --host HOST [PATH…] [--to DIR] [OPTIONS]"
    },
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Sends files and directories to a host.",
      "Each goes under its last name; without PATH, all that is in this directory.",
      "Only what differs is sent. A file that both sides changed stays as it is on",
      "both, and is named. Of a git work tree, .git and what git ignores stay here.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner push role.yaml",
      "      all that is here, to where the role's commands start",
      "  initrunner push --host my-build-box src Makefile --to /srv/work",
      "      a directory and a file",
      "  initrunner push role.yaml --dry-run --delete",
      "      what would go, and what would be removed there",
      "",
      "Ctrl-C leaves each file whole; the same command goes on with what is missing.",
      "",
      "Exit status: 0 all is done, 1 some files are in conflict or were refused,",
      "2 wrong usage or a fault in the role, 125 the transfer failed, 130 Ctrl-C."
    })
public final class PushCommand implements Callable<Integer> {

  private final Console console;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description =
          "The host's directory that they go into, made if it is missing: below where commands"
              + " start, absolute, or '~/DIR' (default: where commands start).")
  private String to = ".";

  @Option(names = "--with-git", description = "Send the repository (.git), too.")
  private boolean withGit;

  @Mixin private final TransferOptions options = new TransferOptions();

  public PushCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RoleSource source = options.source(console.environment());
    Selection selection =
        options.selection(withGit ? Selection.Git.TAKES_PART : Selection.Git.LEFT_OUT);
    List<Part> parts =
        options.read(() -> PushPaths.parts(options.paths(), HostPath.of(to), selection));
    return new TransferCall(
            console, options.rules(Rules.Direction.PUSH), options.work(), options.form())
        .run(source, parts, options.auditLog(), options.ask());
  }
}
