package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.Golden;
import initrunner.role.model.ModelSettings;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SlurmSettings;
import initrunner.role.sandbox.SshSettings;
import initrunner.role.sandbox.WorkspaceSettings;
import initrunner.role.tools.DateTimeSettings;
import initrunner.role.tools.FilesystemSettings;
import initrunner.role.tools.GitSettings;
import initrunner.role.tools.JobsSettings;
import initrunner.role.tools.PortsSettings;
import initrunner.role.tools.PythonSettings;
import initrunner.role.tools.ScriptSettings;
import initrunner.role.tools.ShellSettings;
import initrunner.role.tools.TerminalSettings;
import initrunner.role.tools.ThinkSettings;
import initrunner.role.tools.ToolTypes;
import initrunner.role.tools.TransferSettings;
import initrunner.schema.describe.FieldTable;
import initrunner.schema.type.Field;
import initrunner.schema.type.Section;
import initrunner.schema.type.Variants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `docs/roles.md` and the declarations say the same.
class RoleDocumentTest {

  private static final Path DOCUMENT = Path.of("docs/roles.md");

  private static final Pattern TABLE =
      Pattern.compile("<!-- fields of (.*?) -->\\n.*?<!-- end -->", Pattern.DOTALL);

  @TempDir private Path directory;

  /// The sections that have a table each, by the names in the document's comments.
  private static Map<String, Section<?>> sections() {
    Map<String, Section<?>> sections = new LinkedHashMap<>();
    sections.put("metadata", Metadata.SECTION);
    sections.put("spec", RoleForm.SPEC);
    sections.put("spec.model", ModelSettings.SECTION);
    sections.put("spec.guardrails", Guardrails.SECTION);
    sections.put("spec.execution", Execution.SECTION);
    sections.put("type: shell", ShellSettings.SECTION);
    sections.put("type: jobs", JobsSettings.SECTION);
    sections.put("type: terminal", TerminalSettings.SECTION);
    sections.put("type: python", PythonSettings.SECTION);
    sections.put("type: script", ScriptSettings.SECTION);
    sections.put("type: filesystem", FilesystemSettings.SECTION);
    sections.put("type: transfer", TransferSettings.SECTION);
    sections.put("type: ports", PortsSettings.SECTION);
    sections.put("type: git", GitSettings.SECTION);
    sections.put("type: datetime", DateTimeSettings.SECTION);
    sections.put("type: think", ThinkSettings.SECTION);
    sections.put("spec.security", Security.SECTION);
    sections.put("spec.security.content", ContentRules.SECTION);
    sections.put("spec.security.sandbox", SandboxSettings.SECTION);
    sections.put("spec.security.sandbox.ssh", SshSettings.SECTION);
    sections.put("spec.security.sandbox.ssh.slurm", SlurmSettings.SECTION);
    sections.put("spec.security.sandbox.ssh.workspace", WorkspaceSettings.SECTION);
    return sections;
  }

  /// What an entry has beside its type and its tool's own.
  private static List<Field<?>> ofEveryTool() {
    Set<String> own =
        ShellSettings.SECTION.fields().stream().map(Field::key).collect(Collectors.toSet());
    return Objects.requireNonNull(ToolTypes.TOOL.sections().get("shell")).fields().stream()
        .<Field<?>>map(field -> field)
        .filter(field -> !own.contains(field.key()) && !field.key().equals(Variants.KEY))
        .toList();
  }

  @Test
  void itsTablesAreMadeFromTheDeclarations() throws IOException {
    Map<String, Section<?>> sections = sections();
    Map<String, List<Field<?>>> fields = new LinkedHashMap<>();
    sections.forEach((name, section) -> fields.put(name, section.fields()));
    fields.put("spec.tools", ofEveryTool());
    List<Section<?>> elsewhere = List.copyOf(sections.values());
    Matcher table = TABLE.matcher(Files.readString(DOCUMENT));
    StringBuilder made = new StringBuilder();
    while (table.find()) {
      String name = table.group(1);
      String rows = FieldTable.of(Objects.requireNonNull(fields.remove(name), name), elsewhere);
      String whole = "<!-- fields of " + name + " -->\n" + rows + "<!-- end -->";
      table.appendReplacement(made, Matcher.quoteReplacement(whole));
    }
    table.appendTail(made);

    assertThat(fields.keySet()).as("sections without a table").isEmpty();
    Golden.compare(DOCUMENT, made.toString());
  }

  @Test
  void everyKeyIsDescribed() throws IOException {
    String text = Files.readString(DOCUMENT);

    assertThat(keys())
        .hasSizeGreaterThan(40)
        .filteredOn(key -> !text.contains(key + "`") && !text.contains(key + ":"))
        .isEmpty();
  }

  private static Set<String> keys() {
    return Stream.of(RoleForm.envelope(), RoleForm.flat())
        .flatMap(form -> form.places().keySet().stream())
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/roles.md", "README.md"})
  void theRoleOfAPageLoads(Path page) throws IOException {
    String text = Files.readString(page);
    int begin = text.indexOf("apiVersion:");
    String role = text.substring(begin, text.indexOf("```", begin));
    Path file = Files.writeString(directory.resolve("role.yaml"), role);

    assertThat(RoleLoader.load(file).tools()).hasSize(1);
  }
}
