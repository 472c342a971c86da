package initrunner.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `help COMMAND`: [Main] makes `COMMAND --help` of it, so that this is only what the help says of
/// it.
@Command(
    name = "help",
    synopsisHeading = "",
    customSynopsis = "Usage: initrunner help [COMMAND]",
    descriptionHeading = "%n",
    description = {"Shows the help of a command, as COMMAND --help does.", ""},
    footerHeading = "%nExamples:%n",
    footer = {"  initrunner help exec", "  initrunner help audit export"})
final class HelpCommand implements Runnable {

  @SuppressWarnings("UnusedVariable") // for the help, and for completion
  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      hideParamSyntax = true,
      description = "The command; without one, the list of all.")
  private List<String> command = List.of();

  @Override
  public void run() {}
}
