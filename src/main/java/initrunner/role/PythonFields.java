package initrunner.role;

import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.Section;
import java.util.List;
import java.util.Map;

/// The declaration of `- type: python`.
final class PythonFields {

  static final Field<Boolean> NETWORK_DISABLED =
      Field.optional(
          "network_disabled", new Flag(), true, "Whether Python's own sockets are refused.");

  static final Section<PythonSettings> SECTION =
      new Section<>(
          List.of(
              ToolFields.type("python"),
              ToolFields.WORKING_DIR,
              ToolFields.TIMEOUT_SECONDS,
              ToolFields.MAX_OUTPUT_BYTES,
              GrantFields.REQUIRE_CONFIRMATION,
              NETWORK_DISABLED),
          Map.of(),
          v ->
              new PythonSettings(
                  v.get(ToolFields.WORKING_DIR),
                  ToolFields.timeout(v),
                  v.get(ToolFields.MAX_OUTPUT_BYTES),
                  v.get(NETWORK_DISABLED)));

  private PythonFields() {}
}
