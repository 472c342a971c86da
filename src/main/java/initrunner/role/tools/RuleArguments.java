package initrunner.role.tools;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Checks that the rules of `permissions` name arguments of their tool: a rule about another one
/// would never match, and so deny nothing. No tool has an argument with parts.
///
/// @param parameters of the tool's functions; empty if a fault hides them
/// @param otherNames of parameters
record RuleArguments(Function<Values, Optional<List<String>>> parameters, List<String> otherNames) {

  /// Of a tool whose functions always have these parameters.
  static RuleArguments of(List<String> parameters) {
    return new RuleArguments(_ -> Optional.of(parameters), List.of());
  }

  void check(Values values, Decoding decoding) {
    Optional<List<String>> known = parameters.apply(values);
    known.ifPresent(names ->
        rules(values)
            .forEach(rule -> {
              check(rule, names, decoding);
              RuleSpelling.check(rule, names, decoding);
            }));
  }

  /// The rules in the YAML.
  static List<YamlValue> rules(Values values) {
    List<YamlValue> rules = new ArrayList<>();
    for (Field<?> field : List.of(Permissions.ALLOW, Permissions.DENY)) {
      values
          .written(Permissions.FIELD)
          .flatMap(permissions -> permissions.child(field.key()))
          .ifPresent(list -> rules.addAll(texts(list)));
    }
    return rules;
  }

  private static List<YamlValue> texts(YamlValue list) {
    return list.items().stream().filter(item -> item.kind() == YamlKind.TEXT).toList();
  }

  private void check(YamlValue rule, List<String> known, Decoding decoding) {
    Optional<String> argument = Permissions.Rule.of(rule.raw()).argument();
    if (argument.filter(name -> !known.contains(name) && !otherNames.contains(name)).isEmpty()) {
      return;
    }
    String name = outermost(argument.get());
    if (known.contains(name)) {
      decoding.refuse(
          rule,
          "names a part of an argument that has no parts",
          allowed(known),
          "write " + name + "=glob");
    } else {
      decoding.refuse(rule, "names no argument of this tool", allowed(known), next(name, known));
    }
  }

  private static String outermost(String argument) {
    int dot = argument.indexOf('.');
    return dot < 0 ? argument : argument.substring(0, dot);
  }

  private static String allowed(List<String> known) {
    String arguments = known.stream().map(name -> name + "=glob").collect(Collectors.joining(", "));
    return (arguments.isEmpty() ? "" : arguments + ", or ") + "a glob for every argument";
  }

  private static String next(String name, List<String> known) {
    String question = Nearest.question(name, known);
    return "%swrite a glob with = for every argument as [%s]%s=…"
        .formatted(question.isEmpty() ? "" : question + "; ", name.charAt(0), name.substring(1));
  }
}
