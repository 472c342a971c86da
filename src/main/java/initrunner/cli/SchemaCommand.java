package initrunner.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import initrunner.role.RoleSchema;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
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

  public SchemaCommand() {}

  @Override
  public Integer call() throws IOException {
    StringWriter text = new StringWriter();
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.setPrettyPrinter(
          new DefaultPrettyPrinter()
              .withObjectIndenter(indenter)
              .withArrayIndenter(DefaultPrettyPrinter.FixedSpaceIndenter.instance));
      write(RoleSchema.tree(), json);
    }
    spec.commandLine().getOut().println(text);
    return ExitCodes.OK;
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.writeFieldName(entry.getKey().toString());
          write(entry.getValue(), json);
        }
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (Object item : list) {
          write(item, json);
        }
        json.writeEndArray();
      }
      case Integer number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Boolean flag -> json.writeBoolean(flag);
      default -> json.writeString(value.toString());
    }
  }
}
