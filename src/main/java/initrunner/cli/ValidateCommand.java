package initrunner.cli;

import initrunner.audit.AuditLocation;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.model.http.Models;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.file.RoleFile;
import initrunner.role.summary.RoleSummary;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `validate ROLE`: describes what a role runs and where, or lists all its faults.
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

  private final Console console;

  @Parameters(
      paramLabel = "ROLE",
      description = "The role: a YAML file, or a directory with agent.yaml or with role.yaml.")
  private Path path;

  @SuppressWarnings("UnusedVariable") // what it asks for is said anyway
  @Option(
      names = "--explain",
      description = "Accepted for old scripts; changes nothing.",
      hidden = true)
  private boolean explain;

  public ValidateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path file = RoleFile.of(path);
    Role role = RoleLoader.load(file);
    RoleSummary.of(role).lines().forEach(console.out()::println);
    Path home = AuditLocation.of(console.environment(), Optional.empty()).home();
    RoleEnvironment environment = RoleEnvironment.of(file, home, console.environment());
    Models.reach(role.model(), environment).forEach(console.out()::println);
    return ExitCodes.OK;
  }
}
