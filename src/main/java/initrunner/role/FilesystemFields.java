package initrunner.role;

import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The declaration of `- type: filesystem`.
final class FilesystemFields {

  private static final Pattern EXTENSION = Pattern.compile("\\.[A-Za-z0-9_+~.-]*[A-Za-z0-9_+~-]");

  static final Field<String> ROOT_PATH =
      Field.optional(
          "root_path",
          Text.notBlank().expanding(),
          ".",
          "Directory that holds all files the tool may see.");

  static final Field<List<String>> ALLOWED_EXTENSIONS =
      Field.optional(
          "allowed_extensions",
          new ListOf<>(
              Text.any()
                  .with(
                      Rule.matching(
                          EXTENSION,
                          "is no extension",
                          "a dot and letters, digits or one of _ + ~ -",
                          "write for example .md"))),
          List.of(),
          "How the names of files must end; empty for all files.");

  static final Field<Boolean> READ_ONLY =
      Field.optional("read_only", new Flag(), true, "Whether nothing may be written.");

  static final Section<FilesystemSettings> SECTION =
      new Section<>(
          List.of(
              ToolFields.type("filesystem"),
              ROOT_PATH,
              ALLOWED_EXTENSIONS,
              READ_ONLY,
              ToolFields.TIMEOUT_SECONDS,
              ToolFields.MAX_OUTPUT_BYTES),
          Map.of(),
          List.of(RulePaths::check),
          v ->
              new FilesystemSettings(
                  v.get(ROOT_PATH),
                  v.get(ALLOWED_EXTENSIONS),
                  v.get(READ_ONLY),
                  ToolFields.timeout(v),
                  v.get(ToolFields.MAX_OUTPUT_BYTES)));

  private FilesystemFields() {}
}
