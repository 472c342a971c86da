package initrunner.cli.complete;

import initrunner.text.PackagedText;
import initrunner.text.ShellWord;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Completion for bash: what is typed by hand, and two tables of the commands. Stateless.
final class BashScript {

  private BashScript() {}

  static String of(Shape program, String aliases) {
    List<Shape> all = program.all();
    return String.join(
        "\n",
        PackagedText.read(BashScript.class, "engine.bash"),
        "__initrunner_hosts() {\n  sh -c " + ShellWord.quote(aliases) + "\n}\n",
        "# The commands, options and words of a command.",
        "__initrunner_command() {",
        "  commands='' options='' words=''",
        "  case $1 in",
        all.stream().map(BashScript::command).collect(Collectors.joining("\n")),
        "  esac",
        "}",
        "",
        "# The value of an option; fails where it has none.",
        "__initrunner_value() {",
        "  kind='' values=''",
        "  case $1 in",
        all.stream().flatMap(BashScript::values).collect(Collectors.joining("\n")),
        "    *) return 1 ;;",
        "  esac",
        "}",
        "");
  }

  private static String command(Shape shape) {
    return "    '%s') commands='%s' options='%s' words='%s' ;;"
        .formatted(
            shape.path(),
            String.join(" ", shape.commands().keySet()),
            shape.options().stream()
                .flatMap(option -> option.names().stream())
                .collect(Collectors.joining(" ")),
            shape.words().stream().map(BashScript::word).collect(Collectors.joining(" ")));
  }

  /// Such as `role`, `words:bash,zsh` and `file+`.
  private static String word(Shape.Word word) {
    Values values = word.values();
    return values.kind().word()
        + (values.words().isEmpty() ? "" : ":" + String.join(",", values.words()))
        + (word.repeats() ? "+" : "");
  }

  private static Stream<String> values(Shape shape) {
    return shape.options().stream()
        .filter(option -> option.values().kind() != Values.Kind.NONE)
        .map(option ->
            "    %s) kind=%s values='%s' ;;"
                .formatted(
                    option.names().stream()
                        .map(name -> "'" + shape.path() + " " + name + "'")
                        .collect(Collectors.joining(" | ")),
                    option.values().kind().word(),
                    String.join(" ", option.values().words())));
  }
}
