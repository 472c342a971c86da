package initrunner.cli.manual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// What the help of a command says, part by part. Immutable.
///
/// @param summary one sentence, without its full stop
/// @param description all that is said of it, with that sentence
/// @param words what is no option, and what that is
/// @param options what each is written as, and what it does
/// @param examples lines
record HelpText(
    String summary,
    List<String> synopsis,
    List<String> description,
    SequencedMap<String, String> words,
    SequencedMap<String, String> options,
    List<String> examples,
    String exitStatus) {

  private static final String EXAMPLES = "Examples:";
  private static final String EXIT_STATUS = "Exit status: ";

  static HelpText of(CommandSpec command) {
    List<String> said =
        Stream.of(command.usageMessage().description()).filter(line -> !line.isBlank()).toList();
    List<String> footer =
        Stream.of(
                command.usageMessage().footerHeading().replace("%n", "\n").lines(),
                Stream.of(command.usageMessage().footer()))
            .flatMap(each -> each)
            .toList();
    return new HelpText(
        said.getFirst().replaceAll("\\.$", ""),
        synopsis(command),
        said,
        words(command),
        options(command),
        examples(footer),
        exitStatus(footer));
  }

  private static List<String> synopsis(CommandSpec command) {
    String[] custom = command.usageMessage().customSynopsis();
    if (custom.length > 0) {
      return Arrays.stream(custom).map(line -> line.replaceFirst("^(Usage:|      ) ", "")).toList();
    }
    Help help = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF));
    String text = help.synopsis(0).replaceAll("\\s+", " ").strip();
    return List.of(text);
  }

  private static SequencedMap<String, String> words(CommandSpec command) {
    SequencedMap<String, String> words = new LinkedHashMap<>();
    for (PositionalParamSpec word : command.positionalParameters()) {
      if (!word.hidden()) {
        words.put(word.paramLabel(), String.join(" ", word.description()));
      }
    }
    return words;
  }

  private static SequencedMap<String, String> options(CommandSpec command) {
    SequencedMap<String, String> options = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        options.put(
            Arrays.stream(option.names())
                .map(name -> name + value)
                .collect(Collectors.joining(", ")),
            String.join(" ", option.description()));
      }
    }
    return options;
  }

  /// All between their heading and the exit status; what is behind that, too.
  private static List<String> examples(List<String> footer) {
    List<String> lines = new ArrayList<>();
    boolean isStatus = false;
    for (String line : footer) {
      isStatus = line.startsWith(EXIT_STATUS) || (isStatus && !line.isBlank());
      if (!isStatus && !line.equals(EXAMPLES)) {
        lines.add(line);
      }
    }
    String text = String.join("\n", lines).strip();
    return text.isEmpty() ? List.of() : ("  " + text).lines().toList();
  }

  private static String exitStatus(List<String> footer) {
    return footer.stream()
        .dropWhile(line -> !line.startsWith(EXIT_STATUS))
        .takeWhile(line -> !line.isBlank())
        .collect(Collectors.joining(" "))
        .replaceFirst(EXIT_STATUS, "");
  }
}
