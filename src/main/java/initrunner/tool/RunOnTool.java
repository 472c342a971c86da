package initrunner.tool;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `run_on`: one command of `run_shell` in several sandboxes at once. It describes itself to a
/// model; the `run_shell` of each sandbox decides. Immutable.
///
/// @param shell of one of them
/// @param sandboxes their names
public record RunOnTool(Tool shell, List<String> sandboxes) implements Tool {

  /// What a model calls.
  public static final String NAME = "run_on";

  private static final String SANDBOXES = "sandboxes";
  private static final String ALL = "all";

  public RunOnTool {
    sandboxes = List.copyOf(sandboxes);
  }

  /// The names in a call, each once; those of all for the word `all`. Models write lists, too.
  public List<String> named(Map<String, Object> arguments) {
    String text =
        switch (arguments.get(SANDBOXES)) {
          case String written -> written;
          case List<?> list -> list.stream().map(String::valueOf).collect(Collectors.joining(" "));
          case null, default -> "";
        };
    List<String> words =
        Arrays.stream(text.strip().split("[\\s,]+", -1))
            .filter(word -> !word.isEmpty())
            .distinct()
            .toList();
    return words.equals(List.of(ALL)) ? sandboxes : words;
  }

  /// The arguments for `run_shell`.
  public static Map<String, Object> ofShell(Map<String, Object> arguments) {
    Map<String, Object> own = new LinkedHashMap<>(arguments);
    own.remove(SANDBOXES);
    return own;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String type() {
    return shell.type();
  }

  @Override
  public String description() {
    return "Runs one program in several sandboxes at once, as run_shell does in one, and returns"
        + " equal answers once, with the sandboxes that gave them.";
  }

  @Override
  public List<Parameter> parameters() {
    return Stream.concat(
            Stream.of(
                Parameter.required(
                    SANDBOXES,
                    "Their names with blanks in between, or all: " + String.join(", ", sandboxes))),
            shell.parameters().stream())
        .toList();
  }

  @Override
  public int mostCharacters(String parameter) {
    return shell.mostCharacters(parameter);
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    return shell.plan(ofShell(arguments));
  }
}
