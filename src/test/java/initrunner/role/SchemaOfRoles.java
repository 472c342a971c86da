package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.List;

/// The schema in another project's validator.
record SchemaOfRoles(JsonNode tree, Schema schema) {

  private static final SchemaOfRoles SHARED = made();

  /// Slow: makes the whole schema.
  static SchemaOfRoles made() {
    JsonNode tree = new ObjectMapper().valueToTree(RoleSchema.tree());
    return new SchemaOfRoles(
        tree,
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(tree));
  }

  List<String> faultsOf(Path file) {
    return schema.validate(JsonOf.file(file)).stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
        .toList();
  }

  static List<String> faults(Path file) {
    return SHARED.faultsOf(file);
  }

  /// Loads a role, which must be valid by the schema, too.
  static Role load(Path file) {
    Role role = RoleLoader.load(file);
    assertThat(faults(file)).as("faults by the schema").isEmpty();
    return role;
  }
}
