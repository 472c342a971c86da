package initrunner.role.tools;

import initrunner.schema.type.Field;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Parsed;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.text.SafeText;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which arguments a tool may be called with (`permissions`). A call that a rule of `deny` matches
/// is denied; else one that a rule of `allow` matches is allowed; else the default decides.
public record Permissions(Default byDefault, List<Rule> allow, List<Rule> deny) {

  private static final String RULE = "argument=glob, or a glob alone";

  private static final ListOf<Rule> RULES =
      new ListOf<>(
          new Parsed<>(
              Text.any()
                  .with(
                      "has an empty argument name",
                      RULE,
                      "name the argument before the =",
                      text -> !text.strip().startsWith("="))
                  .with(
                      "has an empty glob",
                      RULE,
                      "write * for any value",
                      text -> !Rule.of(text).glob().isBlank())
                  .with(
                      "holds an invisible character",
                      RULE,
                      "write ? for any character",
                      text -> text.codePoints().noneMatch(Permissions::isUnseen)),
              Rule::of));

  static final Field<List<Rule>> ALLOW =
      Field.of("allow", RULES, List.of(), "Calls that may be made, as argument=glob or a glob.");

  static final Field<List<Rule>> DENY =
      Field.of("deny", RULES, List.of(), "Calls that may not be made, as argument=glob or a glob.");

  private static final Section<Permissions> SECTION =
      Section.of(f ->
          new Permissions(
              f.choice("default", Default.ALLOW, "What happens to a call that no rule matches."),
              f.get(ALLOW),
              f.get(DENY)));

  public static final Permissions ALLOW_ALL = SECTION.defaults();

  static final Field<Optional<Permissions>> FIELD =
      Field.optional("permissions", SECTION, "Which arguments the tool may be called with.");

  public Permissions {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
  }

  private static boolean isUnseen(int character) {
    return SafeText.isInvisible(character)
        || (character != ' ' && Character.isSpaceChar(character));
  }

  /// The values of `default`.
  public enum Default {
    ALLOW,
    DENY
  }

  /// `argument=glob`, or a glob for every argument.
  ///
  /// @param argument its name, with dots into nested values; empty for every argument
  /// @param glob `*`, `?`, `[..]` and `[!..]`, to match the whole value
  public record Rule(Optional<String> argument, String glob) {

    private static final Pattern ARGUMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

    /// Parses a rule. The text before the first `=` is the argument if it has the form of a name;
    /// else the whole text is a glob. Blanks at the ends and around the `=` are ignored.
    static Rule of(String text) {
      int equals = text.indexOf('=');
      String before = text.substring(0, Math.max(equals, 0)).strip();
      return ARGUMENT.matcher(before).matches()
          ? new Rule(Optional.of(before), text.substring(equals + 1).strip())
          : new Rule(Optional.empty(), text.strip());
    }

    /// As a role has it.
    @Override
    public String toString() {
      return argument.map(name -> name + "=").orElse("") + glob;
    }
  }
}
