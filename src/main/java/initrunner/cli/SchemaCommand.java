package initrunner.cli;

import initrunner.cli.console.ExitCodes;
import initrunner.role.RoleSchema;
import initrunner.text.JsonText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `schema`: the role format for editors.
@Command(
    name = "schema",
    descriptionHeading = "%n",
    description = {
      "Prints the role format as a JSON Schema (2020-12), for editors and checkers.",
      "It is made from what validate checks; validate checks more.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner schema > role.schema.json",
      "      then, as the first line of a role, for an editor with a YAML server:",
      "  # yaml-language-server: $schema=role.schema.json"
    })
public final class SchemaCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(JsonText.of(RoleSchema.tree()));
    return ExitCodes.OK;
  }
}
