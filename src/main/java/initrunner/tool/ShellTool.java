package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.tool.policy.CommandPolicy;
import initrunner.tool.policy.ShellWords;
import initrunner.tool.policy.WrappedPrograms;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// `run_shell`: one program with its arguments, written as in a shell but without one. Quotes and
/// backslashes group words; nothing is expanded, piped or redirected.
public final class ShellTool implements Tool {

  private static final String COMMAND = "command";

  private final CommandPolicy policy;
  private final CallBounds bounds;

  public ShellTool(CommandPolicy policy, CallBounds bounds) {
    this.policy = policy;
    this.bounds = bounds;
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
    String shell =
        policy.permits("sh") ? " Where you need a shell, call one: sh -c 'make 2>&1 | tail'." : "";
    String allowed =
        policy.allowed().isEmpty()
            ? ""
            : " Only these programs may run: " + String.join(", ", policy.allowed()) + ".";
    return "Runs one program with its arguments and returns its exit code and output."
        + " Quotes group words as in a shell, but no shell runs: pipes, redirections, &&, cd and"
        + " assignments do not work, and $HOME, * and $(…) are passed on literally."
        + shell
        + allowed;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.required(
            COMMAND, "The program and its arguments, as in: git log --oneline -n 5"));
  }

  /// Linux takes no longer argument.
  @Override
  public int mostCharacters(String parameter) {
    return 128 * 1024;
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    if (!(arguments.get(COMMAND) instanceof String command)) {
      return new Plan.Refused("", "Error: run_shell needs the argument 'command', a string.");
    }
    return switch (policy.judge(command)) {
      case CommandPolicy.Verdict.Refused(String program, String reason) ->
          new Plan.Refused(program, reason);
      case CommandPolicy.Verdict.Allowed(List<String> argv) ->
          bounds.run(
              new Command(argv, Map.of(), bounds.workingDirectory(), Stdin.nothing()),
              OutcomeText.PLAIN);
    };
  }

  /// The words without quotes, one blank in between; the same with the base name of the program;
  /// the commands behind wrappers such as `env`; and the commands that an unknown program may
  /// start.
  @Override
  public List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    try {
      return arguments.get(COMMAND) instanceof String command
          ? otherWaysOfWriting(WrappedPrograms.in(ShellWords.split(command)))
          : List.of();
    } catch (ShellWords.SyntaxException e) {
      return List.of();
    }
  }

  private static List<Map<String, Object>> otherWaysOfWriting(WrappedPrograms found) {
    return commandLines(found).map(line -> Map.<String, Object>of(COMMAND, line)).toList();
  }

  /// The commands in a command, each as one line.
  static Stream<String> commandLines(WrappedPrograms found) {
    Stream<List<String>> suspects =
        found.suspects().stream()
            .map(WrappedPrograms.Suspect::words)
            .flatMap(words -> Stream.of(words, WrappedPrograms.named(words)));
    return Stream.concat(found.commands().stream(), suspects)
        .distinct()
        .map(words -> String.join(" ", words));
  }
}
