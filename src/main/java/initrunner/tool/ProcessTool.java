package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.text.ShellWord;
import initrunner.tool.policy.CommandPolicy;
import initrunner.tool.policy.PathForms;
import initrunner.tool.policy.ShellScript;
import initrunner.tool.policy.ShellWords;
import initrunner.tool.policy.WrappedPrograms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `run_shell` for a program that starts processes itself and wraps each command in a shell (`bash
/// -lc SCRIPT`). The role's lists and rules judge SCRIPT, as they judge the command of [ShellTool].
///
/// Where the role permits the shell, the script runs in it, unless it names a blocked program.
/// Where the role does not, only a single command passes that `run_shell` would run, and it starts
/// without the shell.
public final class ProcessTool implements Tool {

  private static final String COMMAND = "command";
  private static final String SHELL = "shell";
  private static final String DIRECTORY = "directory";
  private static final String VARIABLES = "variables";

  /// The program that sets variables for another one.
  private static final String ENV = "env";

  private final CommandPolicy policy;
  private final CallBounds bounds;
  private final List<String> roots;

  /// @param roots the directories in and below which a process may start, absolute paths of the
  ///   host
  public ProcessTool(CommandPolicy policy, CallBounds bounds, List<String> roots) {
    this.policy = policy;
    this.bounds = bounds;
    this.roots = List.copyOf(roots);
  }

  /// The arguments for these words.
  ///
  /// @param directory where the process starts, an absolute path of the host; empty means the
  ///   default
  /// @param variables that it gets and that may change what a program does
  public static Map<String, Object> arguments(
      List<String> argv, Optional<String> directory, Map<String, String> variables) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    Optional<String> script = ShellScript.in(argv);
    arguments.put(COMMAND, script.orElseGet(() -> line(argv)));
    script.ifPresent(_ -> arguments.put(SHELL, line(argv.subList(0, 2))));
    directory.ifPresent(path -> arguments.put(DIRECTORY, path));
    if (!variables.isEmpty()) {
      arguments.put(
          VARIABLES,
          line(
              variables.entrySet().stream()
                  .map(each -> each.getKey() + "=" + each.getValue())
                  .toList()));
    }
    return arguments;
  }

  private static String line(List<String> words) {
    return words.stream().map(ProcessTool::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : ShellWord.quote(word);
  }

  @Override
  public String name() {
    return "run_shell";
  }

  @Override
  public String type() {
    return "shell";
  }

  @Override
  public String description() {
    return "Starts a process.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.required(COMMAND, "The script of a shell, or a program and its arguments"),
        Parameter.optional(SHELL, "The shell and its options, before the script"),
        Parameter.optional(DIRECTORY, "Where it starts"),
        Parameter.optional(VARIABLES, "What it has in its environment, as NAME=VALUE"));
  }

  /// Linux takes no longer argument.
  @Override
  public int mostCharacters(String parameter) {
    return switch (parameter) {
      case COMMAND, VARIABLES -> 128 * 1024;
      default -> PathForms.MOST_CHARACTERS;
    };
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    String command = text(arguments, COMMAND).orElse("");
    Optional<String> directory = text(arguments, DIRECTORY);
    if (directory.isPresent() && !isAllowed(directory.get())) {
      return new Plan.Refused(
          "",
          "Error: processes do not start in '"
              + directory.get()
              + "'; they start in or below "
              + String.join(", ", roots)
              + ".");
    }
    Optional<String> variables = text(arguments, VARIABLES);
    if (variables.isPresent() && !policy.permits(ENV)) {
      return new Plan.Refused(
          ENV,
          "Error: the role does not permit 'env', so a process gets no variables that may make it"
              + " start other programs: "
              + names(variables.get())
              + ". Leave them out (shell_environment_policy of Codex).");
    }
    List<String> shell = shell(arguments);
    if (!shell.isEmpty() && policy.permits(programOf(shell))) {
      return policy
          .objectionTo(command)
          .<Plan>map(reason -> new Plan.Refused(shell.getFirst(), reason))
          .orElseGet(() -> run(joined(shell, command), directory));
    }
    return switch (policy.judge(command)) {
      case CommandPolicy.Verdict.Refused(String program, String reason) ->
          new Plan.Refused(program, reason);
      case CommandPolicy.Verdict.Allowed(List<String> argv) -> run(argv, directory);
    };
  }

  /// Without the values, which may be secrets.
  private static String names(String variables) {
    return words(variables).stream()
        .map(word -> word.replaceFirst("(?s)=.*", ""))
        .collect(Collectors.joining(", "));
  }

  private Plan run(List<String> argv, Optional<String> directory) {
    return bounds.run(
        new Command(argv, Map.of(), directory.or(bounds::workingDirectory), Stdin.nothing()),
        OutcomeText.PLAIN);
  }

  private boolean isAllowed(String directory) {
    return roots.stream().anyMatch(root -> PathForms.isBelow(directory, root));
  }

  private static String programOf(List<String> shell) {
    String program = shell.getFirst();
    return program.substring(program.lastIndexOf('/') + 1);
  }

  private static List<String> joined(List<String> shell, String script) {
    List<String> argv = new ArrayList<>(shell);
    argv.add(script);
    return argv;
  }

  /// Each command of the script, as [ShellTool] writes it, and the words as they run.
  @Override
  public List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    List<String> shell = shell(arguments);
    String command = text(arguments, COMMAND).orElse("");
    Stream<String> whole =
        shell.isEmpty()
            ? Stream.empty()
            : Stream.of(String.join(" ", joined(shell, command)), command.strip());
    Stream<String> each =
        commands(command).stream().map(WrappedPrograms::in).flatMap(ShellTool::commandLines);
    return Stream.concat(whole, each).distinct().map(line -> with(arguments, line)).toList();
  }

  /// A rule of `allow` must match each command of a script.
  @Override
  public List<Map<String, Object>> plainWaysOfWriting(Map<String, Object> arguments) {
    return shell(arguments).isEmpty()
        ? List.of()
        : commands(text(arguments, COMMAND).orElse("")).stream()
            .map(words -> with(arguments, String.join(" ", words)))
            .toList();
  }

  private static List<List<String>> commands(String script) {
    return ShellScript.commands(script).orElse(List.of());
  }

  private static Map<String, Object> with(Map<String, Object> arguments, String command) {
    Map<String, Object> other = new HashMap<>(arguments);
    other.put(COMMAND, command);
    return other;
  }

  private static List<String> shell(Map<String, Object> arguments) {
    return words(text(arguments, SHELL).orElse(""));
  }

  private static List<String> words(String line) {
    try {
      return ShellWords.split(line);
    } catch (ShellWords.SyntaxException e) {
      return List.of();
    }
  }

  private static Optional<String> text(Map<String, Object> arguments, String name) {
    return arguments.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }
}
