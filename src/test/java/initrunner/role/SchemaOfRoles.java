package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.List;

/// The schema as a validator that is not ours understands it.
final class SchemaOfRoles {

  static final JsonNode TREE = new ObjectMapper().valueToTree(RoleSchema.tree());

  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(TREE);

  private SchemaOfRoles() {}

  static List<String> faults(Path file) {
    return SCHEMA.validate(JsonOf.file(file)).stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
        .toList();
  }

  /// Loads a role, which must be valid by the schema, too.
  static Role load(Path file) {
    Role role = RoleLoader.load(file);
    assertThat(faults(file)).as("faults by the schema").isEmpty();
    return role;
  }
}
