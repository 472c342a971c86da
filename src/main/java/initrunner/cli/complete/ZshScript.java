package initrunner.cli.complete;

import initrunner.text.PackagedText;
import initrunner.text.ShellWord;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Completion for zsh: a function for each command, over zsh's own `_arguments`. It works from a
/// directory of `fpath` and when it is sourced. Stateless.
final class ZshScript {

  private ZshScript() {}

  static String of(Shape program, String aliases) {
    return Stream.of(
            Stream.of(
                PackagedText.read(ZshScript.class, "engine.zsh"),
                "__initrunner_hosts() {\n  sh -c " + ShellWord.quote(aliases) + "\n}\n"),
            program.all().stream().map(ZshScript::function),
            Stream.of(PackagedText.read(ZshScript.class, "end.zsh")))
        .flatMap(each -> each)
        .collect(Collectors.joining("\n"));
  }

  private static String name(String path) {
    return path.isEmpty() ? "_initrunner" : "__initrunner_command_" + path.replaceAll("[ -]", "_");
  }

  private static String function(Shape shape) {
    List<String> specs = new ArrayList<>();
    shape.options().forEach(option -> specs.addAll(options(shape, option)));
    if (shape.commands().isEmpty()) {
      specs.addAll(words(shape));
      return name(shape.path()) + "() {\n  _arguments -S" + lines(specs) + "\n}\n";
    }
    specs.add("1:command:->command");
    specs.add("*::argument:->argument");
    String program =
        shape.path().isEmpty()
            ? """
              local program=${(Q)words[1]}
              program=${program/#\\~\\//$HOME/}
            """
            : "";
    return name(shape.path())
        + "() {\n"
        + program
        + "  local curcontext=$curcontext state line\n"
        + "  local -A opt_args\n"
        + "  local -a commands=("
        + lines(
            shape.commands().entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue().summary())
                .toList())
        + "\n  )\n  _arguments -C -S"
        + lines(specs)
        + "\n  case $state in\n"
        + "    command) _describe -t commands command commands ;;\n"
        + "    argument)\n      case $words[1] in\n"
        + shape.commands().entrySet().stream()
            .map(each -> "        " + each.getKey() + ") " + name(each.getValue().path()) + " ;;\n")
            .collect(Collectors.joining())
        + "      esac\n      ;;\n  esac\n}\n";
  }

  private static String lines(List<String> specs) {
    return specs.stream()
        .map(spec -> " \\\n    " + ShellWord.quote(spec))
        .collect(Collectors.joining());
  }

  /// One for each name: names exclude each other, and --host excludes the role.
  private static List<String> options(Shape shape, Shape.Option option) {
    String role =
        option.values().kind() == Values.Kind.HOST
            ? IntStream.range(0, shape.words().size())
                .filter(at -> shape.words().get(at).values().kind() == Values.Kind.ROLE)
                .mapToObj(at -> " " + (at + 1))
                .collect(Collectors.joining())
            : "";
    String excluded = "(" + String.join(" ", option.names()) + role + ")";
    return option.names().stream()
        .map(
            name -> (option.repeats() ? "*" : excluded) + name + form(name, option) + value(option))
        .toList();
  }

  private static String form(String name, Shape.Option option) {
    String sign =
        option.values().kind() == Values.Kind.NONE ? "" : name.startsWith("--") ? "=" : "+";
    return sign + "[" + option.summary().replaceAll("([\\\\\\[\\]])", "\\\\$1") + "]";
  }

  private static String value(Shape.Option option) {
    return option.values().kind() == Values.Kind.NONE
        ? ""
        : ":" + escaped(option.label()) + ":" + action(option.values());
  }

  /// The words of another program's command line offer the dashes in front of it, too.
  private static List<String> words(Shape shape) {
    List<String> specs = new ArrayList<>();
    boolean isOfAnother = false;
    for (int place = 1; place <= shape.words().size(); place++) {
      Shape.Word word = shape.words().get(place - 1);
      if (word.values().kind() == Values.Kind.DELIMITER) {
        isOfAnother = true;
        continue;
      }
      specs.add(
          (word.repeats() ? "*" : String.valueOf(place))
              + ":"
              + escaped(word.label())
              + ":"
              + (isOfAnother ? "__initrunner_argv" : action(word.values())));
    }
    return specs;
  }

  private static String escaped(String text) {
    return text.replace(":", "\\:");
  }

  private static String action(Values values) {
    String words = String.join(" ", values.words());
    return switch (values.kind()) {
      case NONE, FREE, DELIMITER -> " ";
      case WORDS -> "(" + words + ")";
      case LIST -> "_values -s , word " + words;
      case HOST -> "__initrunner_host";
      case HOSTS -> "__initrunner_host_list";
      case ROLE -> "__initrunner_role";
      case FILE -> "_files";
      case DIRECTORY -> "_files -/";
      // With a blank in front, zsh puts no words of its own before this one.
      case RECORDED_RUN, WAITING_RUN -> " __initrunner_run " + values.kind().word();
    };
  }
}
