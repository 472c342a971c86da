package initrunner.cli;

import initrunner.role.RoleLoader;
import initrunner.role.RoleSummary;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `validate ROLE`: what a role will run and where, or every fault it has.
@Command(
    name = "validate",
    descriptionHeading = "%n",
    description = {
      "Checks a role and says in plain language what will run where.",
      "Reads files only: connects to no host and to no model.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner validate role.yaml",
      "      the role in a few sentences, and status 0",
      "  initrunner validate role.yaml && initrunner run role.yaml -p \"Build it\"",
      "      run it only if it is right",
      "",
      "A fault is one line on standard error, and the status is 2:",
      "  role.yaml:4:3: metadata.nmae: is not a known key; did you mean name?"
    })
public final class ValidateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "ROLE", description = "The role file (YAML).")
  private Path file;

  public ValidateCommand() {}

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(RoleSummary.of(RoleLoader.load(file)));
    return ExitCodes.OK;
  }
}
