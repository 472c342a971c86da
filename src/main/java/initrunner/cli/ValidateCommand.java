package initrunner.cli;

import initrunner.role.Role;
import initrunner.role.RoleException;
import initrunner.role.RoleLoader;
import initrunner.role.RoleSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `validate ROLE`: every fault of a role, or what it will run and where.
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Checks a role file and says in plain language what will run where.",
      "Reads files only: connects to no host and to no model."
    },
    footer = {
      "",
      "Examples:",
      "  initrunner validate role.yaml",
      "  initrunner validate role.yaml && initrunner run role.yaml -p \"Build it\"",
      "",
      "A fault is one line, file:line:column: field: what is wrong, what is allowed.",
      "Exit: 0 the role is good, 2 it has faults (all of them on stderr)."
    })
public final class ValidateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ROLE", description = "The role file (YAML).")
  private Path file = Path.of("role.yaml");

  public ValidateCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      Role role = RoleLoader.load(file);
      out.println(RoleSummary.of(role));
      out.flush();
      return 0;
    } catch (RoleException e) {
      e.faults().forEach(err::println);
      err.println(count(e.faults().size()) + " in " + file + ". Nothing was run.");
      err.flush();
      return 2;
    }
  }

  private static String count(int faults) {
    return faults == 1 ? "1 fault" : faults + " faults";
  }
}
