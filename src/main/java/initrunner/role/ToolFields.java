package initrunner.role;

import initrunner.schema.type.Choice;
import initrunner.schema.type.Field;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Variants;
import initrunner.schema.type.Whole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The declaration of `- type: shell`, and of what tools have in common.
final class ToolFields {

  private static final Text BASE_NAME =
      Text.notBlank()
          .with(
              new Rule<>(
                  "is more than the name of one program",
                  "a base name such as git",
                  "commands are compared by the base name of their first word alone",
                  name -> name.codePoints().noneMatch(c -> Character.isWhitespace(c) || c == '/')));

  static final Field<List<String>> ALLOWED_COMMANDS =
      Field.optional(
          "allowed_commands",
          new ListOf<>(BASE_NAME),
          List.of(),
          "Programs that may run; empty for all that are not blocked.");

  static final Field<List<String>> BLOCKED_COMMANDS =
      Field.optional(
          "blocked_commands",
          new ListOf<>(BASE_NAME),
          ShellSettings.DEFAULT_BLOCKED_COMMANDS,
          "Programs that may not run.");

  static final Field<Optional<String>> WORKING_DIR =
      Field.nullable("working_dir", Text.notBlank().expanding(), "Where commands start.");

  static final Field<Integer> TIMEOUT_SECONDS =
      Field.optional("timeout_seconds", Whole.atLeast(1, "seconds"), 30, "Longest one command.");

  static final Field<Integer> MAX_OUTPUT_BYTES =
      Field.optional(
          "max_output_bytes",
          Whole.atLeast(1, "bytes"),
          102_400,
          "Most output that goes back to the model.");

  static final Section<ShellSettings> SHELL =
      new Section<>(
          List.of(
              type("shell"),
              ALLOWED_COMMANDS,
              BLOCKED_COMMANDS,
              WORKING_DIR,
              TIMEOUT_SECONDS,
              MAX_OUTPUT_BYTES,
              GrantFields.REQUIRE_CONFIRMATION),
          Map.of(),
          ToolFields::shell);

  private ToolFields() {}

  /// The key that chose the section.
  static Field<String> type(String type) {
    return Field.required(Variants.KEY, Choice.of(type), "Which tool this is.", type);
  }

  static Duration timeout(Values values) {
    return Duration.ofSeconds(values.get(TIMEOUT_SECONDS));
  }

  private static ShellSettings shell(Values values) {
    return new ShellSettings(
        values.get(ALLOWED_COMMANDS),
        values.get(BLOCKED_COMMANDS),
        values.get(WORKING_DIR),
        timeout(values),
        values.get(MAX_OUTPUT_BYTES));
  }
}
