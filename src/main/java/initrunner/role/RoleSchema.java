package initrunner.role;

import initrunner.role.model.ModelSettings;
import initrunner.role.tools.ToolTypes;
import initrunner.schema.describe.JsonSchema;
import initrunner.schema.type.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The role format as a JSON Schema, made from the declarations that also read roles. Stateless.
public final class RoleSchema {

  private RoleSchema() {}

  /// The whole schema as JSON values: maps with text keys, lists, texts, numbers, booleans and
  /// nothing else. The keys are in an order for readers.
  public static SequencedMap<String, Object> tree() {
    Map<String, Section<?>> shared = new LinkedHashMap<>();
    shared.put("model", ModelSettings.SECTION);
    shared.put("security", Security.SECTION);
    shared.put("guardrails", Guardrails.SECTION);
    shared.put("execution", Execution.SECTION);
    ToolTypes.TOOL.sections().forEach((type, section) -> shared.put("tool-" + type, section));
    JsonSchema schema = new JsonSchema(shared);
    SequencedMap<String, Object> root = new LinkedHashMap<>();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "InitRunner role");
    root.put("description", "Who an agent is, which model it uses, and where its tools run.");
    root.put("type", "object");
    root.put("if", Map.of("anyOf", anyKey(RoleForm.envelope().root())));
    root.put("then", schema.of(RoleForm.envelope().root()));
    root.put("else", schema.of(RoleForm.flat().root()));
    root.put("$defs", schema.definitions());
    return root;
  }

  private static List<Object> anyKey(Section<?> section) {
    return section.fields().stream()
        .<Object>map(field -> Map.of("required", List.of(field.key())))
        .toList();
  }
}
