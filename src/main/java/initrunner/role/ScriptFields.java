package initrunner.role;

import initrunner.role.ScriptSettings.Parameter;
import initrunner.role.ScriptSettings.Script;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// The declaration of `- type: script`.
final class ScriptFields {

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

  /// What other tools call their functions.
  private static final Set<String> TAKEN =
      words(
          """
          run_shell run_python
          current_time parse_date think read_file write_file edit_file list_directory search_files
          git_status git_diff git_log git_show git_add git_commit
          """);

  /// Variables by which shells and interpreters find programs and code, and those that a shell sets
  /// itself, so that a value given for them would be lost or refused.
  private static final Set<String> SPECIAL =
      words(
          """
          PATH CDPATH IFS ENV PS4 SHELLOPTS BASHOPTS BASH_ENV PWD OLDPWD
          PYTHONPATH PYTHONHOME PYTHONSTARTUP PERL5LIB PERL5OPT RUBYLIB RUBYOPT NODE_OPTIONS
          UID EUID PPID GROUPS RANDOM LINENO SECONDS FUNCNAME DIRSTACK OPTIND OPTARG HISTCMD _
          """);

  private static final Text NAME =
      Text.any()
          .with(
              Rule.matching(
                  IDENTIFIER,
                  "is not a valid identifier",
                  "letters, digits and _, not beginning with a digit, 64 at most",
                  ""));

  private static final Text INTERPRETER =
      Text.notBlank()
          .with(
              new Rule<>(
                  "is more than one program",
                  "the name or path of a program that reads a script on its standard input",
                  "put options into the body, as set -e",
                  text ->
                      text.codePoints().noneMatch(Character::isWhitespace)
                          && !text.startsWith("-")));

  static final Field<String> PARAMETER_NAME =
      Field.required(
          "name",
          NAME.with(
              new Rule<>(
                  "would be a variable with a meaning of its own",
                  "a name that no shell or interpreter uses in upper case",
                  "write for example file_path",
                  name -> !isSpecial(name.toUpperCase(Locale.ROOT)))),
          "Name of the parameter; its value is in the variable of this name in upper case.",
          "target");

  static final Field<String> PARAMETER_DESCRIPTION =
      Field.optional("description", Text.any(), "", "What the model is told of it.");

  static final Field<Boolean> REQUIRED =
      Field.optional("required", new Flag(), false, "Whether the model must give it.");

  static final Field<String> DEFAULT =
      Field.optional("default", Text.any(), "", "Its value where the model gives none.");

  static final Section<Parameter> PARAMETER =
      new Section<>(
          List.of(PARAMETER_NAME, PARAMETER_DESCRIPTION, REQUIRED, DEFAULT),
          Map.of(),
          v ->
              new Parameter(
                  v.get(PARAMETER_NAME),
                  v.get(PARAMETER_DESCRIPTION),
                  v.get(REQUIRED),
                  v.get(DEFAULT)));

  static final Field<String> NAME_OF_SCRIPT =
      Field.required(
          "name",
          NAME.with(
              new Rule<>(
                  "is what another tool is called",
                  "a name of its own",
                  "call it by what it does",
                  name -> !TAKEN.contains(name))),
          "Name by which the model calls it.",
          "deploy");

  static final Field<String> DESCRIPTION =
      Field.optional("description", Text.any(), "", "What the model is told of it.");

  static final Field<String> BODY =
      Field.required(
          "body",
          Text.any()
              .with(
                  new Rule<>(
                      "must not be empty",
                      "the text of a script",
                      "write the script behind body: | and indent it",
                      body -> !body.isBlank())),
          "The script.",
          "echo \"$TARGET\"");

  static final Field<Optional<String>> OWN_INTERPRETER =
      Field.nullable("interpreter", INTERPRETER, "Program that reads this script.");

  static final Field<List<Parameter>> PARAMETERS =
      Field.optional("parameters", new ListOf<>(PARAMETER), List.of(), "What the script takes.");

  static final Field<Optional<Integer>> OWN_TIMEOUT =
      Field.nullable(
          "timeout_seconds", Whole.atLeast(1, "seconds"), "Longest one call of this script.");

  static final Section<Script> SCRIPT =
      new Section<>(
          List.of(
              NAME_OF_SCRIPT,
              DESCRIPTION,
              BODY,
              OWN_INTERPRETER,
              PARAMETERS,
              OWN_TIMEOUT,
              ToolFields.ALLOWED_COMMANDS),
          Map.of(),
          List.<BiConsumer<Values, Decoding>>of(ScriptFields::checkParameters),
          v ->
              new Script(
                  v.get(NAME_OF_SCRIPT),
                  v.get(DESCRIPTION),
                  v.get(BODY),
                  v.get(OWN_INTERPRETER),
                  v.get(PARAMETERS),
                  v.get(OWN_TIMEOUT).map(Duration::ofSeconds),
                  v.get(ToolFields.ALLOWED_COMMANDS)));

  static final Field<List<Script>> SCRIPTS =
      Field.required("scripts", new ListOf<>(SCRIPT), "The scripts.", "[{name: …, body: …}]");

  static final Field<String> SHARED_INTERPRETER =
      Field.optional(
          "interpreter", INTERPRETER, "/bin/sh", "Program that reads scripts that name none.");

  static final Section<ScriptSettings> SECTION =
      new Section<>(
          List.of(
              ToolFields.type("script"),
              SCRIPTS,
              SHARED_INTERPRETER,
              ToolFields.TIMEOUT_SECONDS,
              ToolFields.MAX_OUTPUT_BYTES,
              ToolFields.WORKING_DIR),
          Map.of(),
          List.<BiConsumer<Values, Decoding>>of(ScriptFields::checkScripts),
          v ->
              new ScriptSettings(
                  v.get(SCRIPTS),
                  v.get(SHARED_INTERPRETER),
                  ToolFields.timeout(v),
                  v.get(ToolFields.MAX_OUTPUT_BYTES),
                  v.get(ToolFields.WORKING_DIR)));

  private ScriptFields() {}

  private static Set<String> words(String text) {
    return Set.of(text.strip().split("\\s+"));
  }

  private static boolean isSpecial(String variable) {
    return SPECIAL.contains(variable)
        || variable.startsWith("LD_")
        || variable.startsWith("DYLD_")
        || variable.startsWith("BASH_")
        || variable.startsWith("INITRUNNER_");
  }

  private static void checkScripts(Values values, Decoding decoding) {
    values
        .written(SCRIPTS)
        .ifPresent(scripts -> {
          if (scripts.kind() == YamlKind.LIST && scripts.items().isEmpty()) {
            decoding.refuse(
                scripts, "is empty", "at least one script", "add one, or remove the tool");
          }
          checkUnique(scripts, UnaryOperator.identity(), decoding);
        });
  }

  /// Two that differ by case only would be one variable.
  private static void checkParameters(Values values, Decoding decoding) {
    values
        .written(PARAMETERS)
        .ifPresent(list -> checkUnique(list, name -> name.toUpperCase(Locale.ROOT), decoding));
  }

  private static void checkUnique(YamlValue list, UnaryOperator<String> same, Decoding decoding) {
    Set<String> seen = new HashSet<>();
    for (YamlValue item : list.items()) {
      item.child("name")
          .filter(name -> name.kind() == YamlKind.TEXT && !seen.add(same.apply(name.raw())))
          .ifPresent(name ->
              decoding.refuse(
                  name, "is not unique", "a name of its own", "call it something else"));
    }
  }
}
