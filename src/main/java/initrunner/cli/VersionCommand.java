package initrunner.cli;

import initrunner.cli.console.Console;
import picocli.CommandLine.Command;

/// `version`: the same as `--version`.
@Command(
    name = "version",
    descriptionHeading = "%n",
    description = {"Shows the version, commit, Java and OpenSSH, as --version does.", ""},
    footerHeading = "%nExamples:%n",
    footer = "  initrunner version")
final class VersionCommand implements Runnable {

  private final Console console;

  VersionCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    console.out().printLines(Version.text());
  }
}
