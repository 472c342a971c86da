package initrunner.cli.complete;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// What a shell has to know of one command to complete it. Immutable.
///
/// @param path the words that name it behind the program: empty, `run`, `audit export`
/// @param summary one sentence
/// @param words what is no option, in its order
/// @param commands the commands of this one, by name
record Shape(
    String path,
    String summary,
    List<Option> options,
    List<Word> words,
    SequencedMap<String, Shape> commands) {

  /// @param summary one sentence
  /// @param repeats whether it may be given again
  record Option(List<String> names, String summary, String label, Values values, boolean repeats) {}

  /// @param repeats whether all that follow are of this kind
  record Word(String label, Values values, boolean repeats) {}

  private static final int MOST_SUMMARY = 72;

  /// The shape of a command and of those below it, without what the help hides.
  static Shape of(CommandSpec spec) {
    return of(spec, "");
  }

  private static Shape of(CommandSpec spec, String path) {
    SequencedMap<String, Shape> commands = new LinkedHashMap<>();
    spec.subcommands()
        .forEach((name, sub) -> {
          CommandSpec each = sub.getCommandSpec();
          // An alias leads to the same command by another name.
          if (!each.usageMessage().hidden() && each.name().equals(name)) {
            commands.put(name, of(each, path.isEmpty() ? name : path + " " + name));
          }
        });
    return new Shape(
        path,
        sentence(spec.usageMessage().description()),
        spec.options().stream().filter(each -> !each.hidden()).map(Shape::option).toList(),
        spec.positionalParameters().stream().flatMap(Shape::words).toList(),
        commands);
  }

  private static Option option(OptionSpec declared) {
    return new Option(
        List.of(declared.names()),
        sentence(declared.description()),
        declared.paramLabel(),
        Values.of(declared, declared.paramLabel()),
        declared.isMultiValue());
  }

  /// A label may have several words, as `ROLE PATH…` and `claude-code [ROLE]`.
  private static Stream<Word> words(PositionalParamSpec declared) {
    List<String> labels = List.of(declared.paramLabel().split(" "));
    boolean isOne = labels.size() == 1;
    return labels.stream()
        .map(label -> {
          String bare = label.replaceAll("[\\[\\]…]", "");
          boolean repeats = label.endsWith("…") || (isOne && declared.isMultiValue());
          return new Word(bare, values(declared, bare, isOne), repeats);
        });
  }

  private static Values values(ArgSpec declared, String label, boolean isOne) {
    boolean isCommand = label.equals("COMMAND");
    if (isCommand) {
      return Values.words(
          declared.command().root().subcommands().entrySet().stream()
              .filter(each -> !each.getValue().getCommandSpec().usageMessage().hidden())
              .map(Map.Entry::getKey)
              .toList());
    }
    return isOne ? Values.of(declared, label) : Values.ofLabel(label);
  }

  /// The first one of a text, without its full stop; its beginning if it is long.
  private static String sentence(String[] text) {
    String all = String.join(" ", Arrays.stream(text).filter(each -> !each.isBlank()).toList());
    String first = all.split("(?<=[a-z)`/])[.;](?= |$)", 2)[0].replaceAll("\\s+", " ").strip();
    if (first.length() <= MOST_SUMMARY) {
      return first;
    }
    int end = first.lastIndexOf(' ', MOST_SUMMARY);
    return first.substring(0, end < 0 ? MOST_SUMMARY : end) + " …";
  }

  /// This shape and all below it.
  List<Shape> all() {
    List<Shape> all = new ArrayList<>(List.of(this));
    commands.values().forEach(each -> all.addAll(each.all()));
    return all;
  }
}
