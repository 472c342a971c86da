package initrunner.role;

import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import java.util.List;
import java.util.Map;

/// The declaration of `- type: git`.
final class GitFields {

  static final Field<String> REPO_PATH =
      Field.optional(
          "repo_path", Text.notBlank().expanding(), ".", "A directory of the work tree.");

  static final Field<Boolean> READ_ONLY =
      Field.optional("read_only", new Flag(), true, "Whether nothing may be added or committed.");

  static final Section<GitSettings> SECTION =
      new Section<>(
          List.of(
              ToolFields.type("git"),
              REPO_PATH,
              READ_ONLY,
              ToolFields.TIMEOUT_SECONDS,
              ToolFields.MAX_OUTPUT_BYTES),
          Map.of(),
          List.of(RulePaths::check),
          v ->
              new GitSettings(
                  v.get(REPO_PATH),
                  v.get(READ_ONLY),
                  ToolFields.timeout(v),
                  v.get(ToolFields.MAX_OUTPUT_BYTES)));

  private GitFields() {}
}
