package initrunner.role.tools;

import static java.util.stream.Collectors.joining;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Words;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// `- type: script`.
public record ScriptSettings(
    List<Script> scripts,
    String interpreter,
    Duration timeout,
    int maxOutputBytes,
    Optional<String> workingDir)
    implements ToolSettings {

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

  /// Variables by which shells and interpreters find programs and code, and those that a shell sets
  /// itself: it would overwrite or refuse the value of a parameter.
  private static final List<String> SPECIAL =
      Words.of(
          """
          PATH CDPATH IFS ENV PS4 SHELLOPTS BASHOPTS BASH_ENV PWD OLDPWD PYTHONPATH PYTHONHOME
          PYTHONSTARTUP PERL5LIB PERL5OPT RUBYLIB RUBYOPT NODE_OPTIONS UID EUID PPID GROUPS RANDOM
          LINENO SECONDS FUNCNAME DIRSTACK OPTIND OPTARG HISTCMD _
          """);

  private static final Text NAME =
      Text.any()
          .matching(
              IDENTIFIER,
              "is not a valid identifier",
              "letters, digits and _, not beginning with a digit, 64 at most",
              "");

  private static final Text INTERPRETER =
      Text.notBlank()
          .with(
              "is more than one program",
              "the name or path of a program that reads a script on its standard input",
              "put options into the body, as set -e",
              text ->
                  text.codePoints().noneMatch(Character::isWhitespace) && !text.startsWith("-"));

  private static final Text PARAMETER_NAME =
      NAME.with(
          "would replace a variable of a shell or an interpreter",
          "a name that no shell or interpreter uses in upper case",
          "write for example file_path",
          name -> !isSpecial(name.toUpperCase(Locale.ROOT)));

  private static final Section<Parameter> PARAMETER = Section.of(ScriptSettings::parameter);

  private static final Field<List<Parameter>> PARAMETERS =
      Field.of("parameters", new ListOf<>(PARAMETER), List.of(), "What the script takes.");

  static final Field<String> SCRIPT_NAME =
      Field.required(
          "name",
          NAME.with(
              "is the name of a function of another tool",
              "a name of its own",
              "call it by what it does",
              name -> !ToolTypes.isFunction(name)),
          "deploy",
          "Name by which the model calls it: an identifier, each once, and not another tool's"
              + " function.");

  private static final Text BODY =
      Text.any()
          .with(
              "must not be empty",
              "the text of a script",
              "write the script behind body: | and indent it",
              body -> !body.isBlank());

  private static final Section<Script> SCRIPT =
      Section.of(ScriptSettings::script).checking(ScriptSettings::checkParameters);

  static final Field<List<Script>> SCRIPTS =
      Field.required("scripts", new ListOf<>(SCRIPT), List.<Script>of(), "The scripts.")
          .withExample("[{name: …, body: …}]");

  public static final Section<ScriptSettings> SECTION =
      Section.of(ScriptSettings::of).checking(ScriptSettings::checkScripts);

  /// One script: a function that the model may call.
  ///
  /// @param parameters each a variable of the script, under its name in upper case
  /// @param allowedCommands base names with which the lines of the body may begin; empty allows all
  public record Script(
      String name,
      String description,
      String body,
      Optional<String> interpreter,
      List<Parameter> parameters,
      Optional<Duration> timeout,
      List<String> allowedCommands) {

    public Script {
      parameters = List.copyOf(parameters);
      allowedCommands = List.copyOf(allowedCommands);
    }
  }

  /// One parameter of a script.
  ///
  /// @param fallback its value where the model gives none
  public record Parameter(String name, String description, boolean required, String fallback) {}

  public ScriptSettings {
    scripts = List.copyOf(scripts);
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

  private static Parameter parameter(Fields f) {
    return new Parameter(
        f.required(
            "name",
            PARAMETER_NAME,
            "target",
            "Name of the parameter; its value is in the variable of this name in upper case."),
        f.get("description", Text.any(), "", "The description that the model gets."),
        f.get("required", new Flag(), false, "Whether the model must give it."),
        f.get("default", Text.any(), "", "Its value where the model gives none."));
  }

  private static Script script(Fields f) {
    return new Script(
        f.get(SCRIPT_NAME),
        f.get("description", Text.any(), "", "The description that the model gets."),
        f.required("body", BODY, "echo \"$TARGET\"", "The script."),
        f.optional(
            "interpreter", INTERPRETER, "Program that reads this script; the shared one if unset."),
        f.get(PARAMETERS),
        f.optional(
                "timeout_seconds",
                Whole.atLeast(1, "seconds"),
                "Longest time of one call of this script; the shared one if unset.")
            .map(Duration::ofSeconds),
        ToolFields.allowedCommands(
            f, "Base names with which the lines of the body may begin; empty for any body."));
  }

  private static ScriptSettings of(Fields f) {
    return new ScriptSettings(
        f.get(SCRIPTS),
        f.get(
            "interpreter",
            INTERPRETER,
            "/bin/sh",
            "Program that reads scripts that name none, on its standard input; without options."),
        ToolFields.timeout(f),
        ToolFields.maxOutputBytes(f),
        ToolFields.workingDir(f));
  }

  @Override
  public String summary() {
    return scripts.stream()
        .map(script ->
            script.parameters().stream()
                    .map(Parameter::name)
                    .collect(joining(", ", script.name() + "(", ") by "))
                + script.interpreter().orElse(interpreter))
        .collect(
            joining(
                ", ",
                "Tool script: ",
                "." + ToolFields.summary(workingDir, timeout, maxOutputBytes)));
  }

  @Override
  public Optional<String> directory() {
    return workingDir;
  }
}
