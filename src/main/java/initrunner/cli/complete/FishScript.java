package initrunner.cli.complete;

import initrunner.text.PackagedText;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Completion for fish: a line for each command, option and word. Stateless.
final class FishScript {

  private FishScript() {}

  static String of(Shape program, String aliases) {
    List<Shape> all = program.all();
    return Stream.of(
            Stream.of(
                PackagedText.read(FishScript.class, "engine.fish"),
                "function __initrunner_hosts\n    sh -c " + quote(aliases) + "\nend\n"),
            Stream.of("# Whether an option has a value.", "function __initrunner_takes"),
            Stream.of(oneOf(all.stream().flatMap(FishScript::taking))),
            Stream.of(
                "# Whether $argv[2] is a command of $argv[1].", "function __initrunner_leads"),
            Stream.of(oneOf(all.stream().flatMap(FishScript::leading))),
            all.stream().flatMap(FishScript::lines))
        .flatMap(each -> each)
        .collect(Collectors.joining("\n"));
  }

  private static String oneOf(Stream<String> words) {
    return "    contains -- \"$argv\" \\\n"
        + words.map(word -> "        " + quote(word)).collect(Collectors.joining(" \\\n"))
        + "\nend\n";
  }

  private static Stream<String> taking(Shape shape) {
    return shape.options().stream()
        .filter(option -> option.values().kind() != Values.Kind.NONE)
        .flatMap(option -> option.names().stream())
        .map(name -> shape.path() + " " + name);
  }

  private static Stream<String> leading(Shape shape) {
    return shape.commands().keySet().stream().map(name -> shape.path() + " " + name);
  }

  private static Stream<String> lines(Shape shape) {
    return Stream.of(
            shape.commands().entrySet().stream()
                .map(each ->
                    line("__initrunner_word " + quote(shape.path()) + " 0 -1")
                        + " -a "
                        + each.getKey()
                        + described(each.getValue().summary())),
            IntStream.range(0, shape.words().size()).mapToObj(at -> word(shape, at)),
            shape.options().stream().map(option -> option(shape, option)))
        .flatMap(each -> each);
  }

  private static String line(String condition) {
    return "complete -c initrunner -n " + quote(condition);
  }

  private static String word(Shape shape, int at) {
    Shape.Word word = shape.words().get(at);
    int role =
        IntStream.range(0, shape.words().size())
            .filter(each -> shape.words().get(each).values().kind() == Values.Kind.ROLE)
            .findFirst()
            .orElse(-1);
    String condition =
        "__initrunner_word "
            + quote(shape.path())
            + " "
            + at
            + " "
            + role
            + (word.repeats() ? " more" : "");
    boolean isFile = word.values().kind() == Values.Kind.FILE;
    return line(condition) + (isFile ? " -F" : offered(word.values()));
  }

  private static String option(Shape shape, Shape.Option option) {
    String names =
        option.names().stream()
            .map(name ->
                name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.charAt(1))
            .collect(Collectors.joining());
    String value =
        switch (option.values().kind()) {
          case NONE -> "";
          case FILE -> " -r -F";
          default -> " -x" + offered(option.values());
        };
    return line("__initrunner_at " + quote(shape.path()))
        + names
        + value
        + described(option.summary());
  }

  private static String offered(Values values) {
    String words = String.join(" ", values.words());
    String offered =
        switch (values.kind()) {
          case NONE, FREE, FILE -> "";
          case DELIMITER -> "--";
          case WORDS -> words;
          case LIST -> "(__initrunner_list " + words + ")";
          case HOST -> "(__initrunner_host)";
          case HOSTS -> "(__initrunner_host_list)";
          case ROLE -> "(__initrunner_role)";
          case DIRECTORY -> "(__fish_complete_directories (__initrunner_current))";
          case RECORDED_RUN, WAITING_RUN -> "(__initrunner_run " + values.kind().word() + ")";
        };
    return offered.isEmpty() ? "" : " --arguments=" + quote(offered);
  }

  private static String described(String summary) {
    return " -d " + quote(summary);
  }

  /// One word that fish reads back.
  private static String quote(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
