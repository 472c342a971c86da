package initrunner.role;

import initrunner.role.ToolGrant.Approval;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.OrDefault;
import initrunner.schema.type.Parsed;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// The declaration of what every entry of `spec.tools` may have, whichever tool it is.
final class GrantFields {

  static final Field<Approval> APPROVAL =
      Field.optional(
          "approval",
          Choice.of(Approval.values()),
          Approval.AUTO,
          "Whether a person is asked before each call.");

  /// Stands in the entries of some tools only; it asks, as [#APPROVAL] does.
  static final Field<Boolean> REQUIRE_CONFIRMATION =
      Field.optional("require_confirmation", new Flag(), false, "The same as approval: required.");

  private static final ListOf<Permissions.Rule> RULES =
      new ListOf<>(
          new Parsed<>(
              Text.any()
                  .with(
                      new Rule<>(
                          "has an empty argument name",
                          "argument=glob, or a glob alone",
                          "name the argument before the =",
                          text -> !text.strip().startsWith("=")))
                  .with(
                      new Rule<>(
                          "has an empty glob",
                          "argument=glob, or a glob alone",
                          "write * for any value",
                          text -> !Permissions.Rule.of(text).glob().isBlank()))
                  .with(
                      new Rule<>(
                          "holds a character that is not seen",
                          "argument=glob, or a glob alone",
                          "write ? for any character",
                          text -> text.codePoints().noneMatch(GrantFields::isUnseen))),
              Permissions.Rule::of));

  static final Field<Permissions.Default> DEFAULT =
      Field.optional(
          "default",
          Choice.of(Permissions.Default.values()),
          Permissions.Default.ALLOW,
          "What holds where no rule meets.");

  static final Field<List<Permissions.Rule>> ALLOW =
      Field.optional(
          "allow", RULES, List.of(), "Calls that may be made, as argument=glob or a glob.");

  static final Field<List<Permissions.Rule>> DENY =
      Field.optional(
          "deny", RULES, List.of(), "Calls that may not be made, as argument=glob or a glob.");

  static final Field<Permissions> PERMISSIONS =
      Field.optional(
          "permissions",
          new OrDefault<>(
              new Section<>(
                  List.of(DEFAULT, ALLOW, DENY),
                  Map.of(),
                  v -> new Permissions(v.get(DEFAULT), v.get(ALLOW), v.get(DENY))),
              Permissions.ALLOW_ALL),
          Permissions.ALLOW_ALL,
          "Which arguments the tool may be called with.");

  private GrantFields() {}

  /// The entry of a tool that has these fields of its own.
  ///
  /// @param parameters of the tool's functions; empty where a fault hides them
  static Section<ToolGrant> of(
      Section<? extends ToolSettings> tool, Function<Values, Optional<List<String>>> parameters) {
    return of(tool, new RuleArguments(parameters, List.of()));
  }

  static Section<ToolGrant> of(Section<? extends ToolSettings> tool, RuleArguments arguments) {
    List<Field<?>> fields = new ArrayList<>(tool.fields());
    fields.add(APPROVAL);
    fields.add(PERMISSIONS);
    List<BiConsumer<Values, Decoding>> checks = new ArrayList<>(tool.checks());
    checks.add(arguments::check);
    return new Section<>(
        fields,
        tool.refusals(),
        tool.inert(),
        checks,
        values ->
            new ToolGrant(tool.build().apply(values), approval(values), values.get(PERMISSIONS)));
  }

  private static boolean isUnseen(int character) {
    return SafeText.isInvisible(character)
        || (character != ' ' && Character.isSpaceChar(character));
  }

  private static Approval approval(Values values) {
    boolean isConfirmed = values.find(REQUIRE_CONFIRMATION).orElse(false);
    return isConfirmed ? Approval.REQUIRED : values.get(APPROVAL);
  }
}
