package initrunner.tool;

import initrunner.tool.policy.CommandPolicy;
import initrunner.tool.policy.ScriptLine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A script in a role: the model calls it by its name, with parameters that the script gets as
/// variables in upper case. The parameters travel on the standard input before the script's body,
/// so no process list shows their values. The role declares them, so the filter of secret names
/// drops none of them.
public final class ScriptTool implements Tool {

  private final Script script;
  private final CallBounds bounds;
  private final Optional<String> objection;

  /// The script as the role declares it.
  ///
  /// @param interpreter the program that reads the body on its standard input
  /// @param body the script
  /// @param allowedCommands base names of programs with which the lines of the body may begin;
  ///   empty allows any body
  public record Script(
      String name,
      String description,
      String interpreter,
      String body,
      List<Input> inputs,
      List<String> allowedCommands) {

    /// A parameter.
    ///
    /// @param name as the model gives it; the script's variable is the same in upper case
    /// @param fallback the value if the model gives none
    public record Input(String name, String description, boolean required, String fallback) {}

    public Script {
      inputs = List.copyOf(inputs);
      allowedCommands = List.copyOf(allowedCommands);
    }
  }

  public ScriptTool(Script script, CallBounds bounds) {
    this.script = script;
    this.bounds = bounds;
    this.objection = objection(script);
  }

  @Override
  public String name() {
    return script.name();
  }

  @Override
  public String type() {
    return "script";
  }

  @Override
  public String description() {
    return script.description().isBlank()
        ? "Runs the script " + script.name() + " and returns its exit code and output."
        : script.description();
  }

  @Override
  public List<Parameter> parameters() {
    return script.inputs().stream()
        .map(parameter ->
            new Parameter(
                parameter.name(),
                Parameter.Kind.STRING,
                parameter.description(),
                parameter.required()))
        .toList();
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    if (objection.isPresent()) {
      return new Plan.Refused("", objection.get());
    }
    SequencedMap<String, String> variables = new LinkedHashMap<>();
    for (Script.Input parameter : script.inputs()) {
      Object value = arguments.getOrDefault(parameter.name(), parameter.fallback());
      if (!(value instanceof String text)) {
        return new Plan.Refused("", "Error: '" + parameter.name() + "' must be a string.");
      }
      if (text.indexOf('\0') >= 0) {
        return new Plan.Refused(
            "", "Error: '" + parameter.name() + "' holds a NUL character, which no variable can.");
      }
      variables.put(variable(parameter.name()), text);
    }
    Interpreter interpreter =
        new Interpreter(
            script.interpreter(), "Install it there, or name another interpreter in the role.");
    ShellInput input = interpreter.input().exports(variables).content(script.body());
    return bounds.run(input.command(bounds.workingDirectory()), interpreter);
  }

  private static String variable(String parameter) {
    return parameter.toUpperCase(Locale.ROOT);
  }

  /// The reason why no call may run this body: a line begins with a program that is not allowed.
  private static Optional<String> objection(Script script) {
    if (script.allowedCommands().isEmpty()) {
      return Optional.empty();
    }
    CommandPolicy policy = new CommandPolicy(script.allowedCommands(), List.of());
    return ScriptLine.of(script.body()).stream()
        .map(line ->
            policy.judge(line.text()) instanceof CommandPolicy.Verdict.Refused refused
                ? Optional.of(
                    "Error: line "
                        + line.number()
                        + " of script "
                        + script.name()
                        + ": "
                        + refused.reason().substring("Error: ".length())
                        + " Only the role's author can change it.")
                : Optional.<String>empty())
        .flatMap(Optional::stream)
        .findFirst();
  }
}
