package initrunner.tool.policy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Decides whether a command line may run, and splits it into the program and its arguments.
/// Immutable and safe for many threads.
///
/// The allow-list is compared with the base name of the first word; the block-list also with the
/// programs behind wrappers such as `env`, `nice`, `timeout 5` and `xargs`, and with all words of a
/// program that is not known.
///
/// Both lists guard against accidents; they isolate nothing. They do not see what a shell, an
/// interpreter or a build tool starts (`sh -c 'rm …'`, `python -c`, `find -delete`, `make clean`),
/// nor programs under another name. Isolation is the sandbox's task.
public final class CommandPolicy {

  private static final Pattern FORK_BOMB = Pattern.compile(":\\s*\\(\\s*\\)\\s*\\{");

  private final Set<String> allowed;
  private final Set<String> blocked;

  /// The decision about one command line.
  public sealed interface Verdict {

    /// The command may run, as these words.
    record Allowed(List<String> argv) implements Verdict {

      public Allowed {
        argv = List.copyOf(argv);
      }
    }

    /// The command may not run.
    ///
    /// @param program its first word, without anything that may be a secret; empty if there is none
    /// @param reason starts with `Error:`, in words a model can act on
    record Refused(String program, String reason) implements Verdict {}
  }

  /// @param allowed base names that may run; empty allows all that are not blocked
  /// @param blocked base names that may not run; wins over the allow-list
  public CommandPolicy(Collection<String> allowed, Collection<String> blocked) {
    this.allowed = Set.copyOf(allowed);
    this.blocked = Set.copyOf(blocked);
  }

  /// The base names that may run, in alphabetical order; empty means all that are not blocked.
  public List<String> allowed() {
    return allowed.stream().sorted().toList();
  }

  /// Whether a program of this base name may run.
  public boolean permits(String program) {
    return !blocked.contains(program) && (allowed.isEmpty() || allowed.contains(program));
  }

  /// Why a script for a shell may not run: it names a blocked program. Empty if it may, as far as
  /// [ShellScript] sees.
  public Optional<String> objectionTo(String script) {
    if (FORK_BOMB.matcher(script).find()) {
      return Optional.of("Error: this is a fork bomb.");
    }
    Optional<List<List<String>>> commands = ShellScript.commands(script);
    if (commands.isEmpty()) {
      return Optional.of("Error: the script has too many commands; put it into a file.");
    }
    return commands.get().stream()
        .flatMap(words -> blocked(words).stream())
        .findFirst()
        .map(reason -> "Error: " + reason + ".");
  }

  /// Splits and judges one command line.
  public Verdict judge(String command) {
    if (FORK_BOMB.matcher(command).find()) {
      return refused("", "this is a fork bomb");
    }
    if (command.indexOf('\0') >= 0) {
      return refused("", "invalid command syntax: a NUL character, which no program can take");
    }
    ShellWords.Line line;
    try {
      line = ShellWords.parse(command);
    } catch (ShellWords.SyntaxException e) {
      return refused("", "invalid command syntax: " + e.getMessage());
    }
    List<String> words = line.words();
    if (words.isEmpty() || words.getFirst().isEmpty()) {
      return refused("", "empty command");
    }
    String program = withoutValue(words.getFirst());
    return objection(line)
        .<Verdict>map(reason -> refused(program, reason))
        .orElseGet(() -> new Verdict.Allowed(words));
  }

  private Optional<String> objection(ShellWords.Line line) {
    List<String> words = line.words();
    return line.operator()
        .map(this::notSupported)
        .or(() -> assignment(words.getFirst()))
        .or(() -> shellOnly(words.getFirst()))
        .or(() -> notAllowed(words.getFirst()))
        .or(() -> blocked(words));
  }

  private String notSupported(String operator) {
    return "shell operator '"
        + operator
        + "' is not supported: one call starts one program, without a shell."
        + " Make one call for each program"
        + orUseShell()
        + (permits("sh") ? "" : ", or quote it where it belongs to an argument");
  }

  private Optional<String> assignment(String word) {
    if (word.indexOf('=') < 0) {
      return Optional.empty();
    }
    String instead =
        permits("env") ? ". Use `env " + withoutValue(word) + "… PROGRAM` instead" : "";
    return Optional.of(
        "'"
            + withoutValue(word)
            + "…' is a variable assignment, not a program: no shell runs here, so it would have"
            + " no effect"
            + instead);
  }

  /// Programs with these names exist on some systems: a role that lists one by name gets it.
  private Optional<String> shellOnly(String word) {
    if (allowed.contains(word)) {
      return Optional.empty();
    }
    return ShellOnlyWords.advice(word).map(advice -> "'" + word + "' " + advice + orUseShell());
  }

  private Optional<String> notAllowed(String word) {
    String program = WrappedPrograms.baseName(word);
    if (allowed.isEmpty() || allowed.contains(program)) {
      return Optional.empty();
    }
    return Optional.of(
        "command '" + program + "' is not in the allowed list: " + String.join(", ", allowed()));
  }

  private Optional<String> blocked(List<String> words) {
    WrappedPrograms found = WrappedPrograms.in(words);
    List<String> programs = found.programs();
    return programs.stream()
        .filter(blocked::contains)
        .findFirst()
        .map(program ->
            program.equals(programs.getFirst())
                ? "command '" + program + "' is blocked"
                : "command '"
                    + program
                    + "' is blocked, behind '"
                    + programs.getFirst()
                    + "' as well")
        .or(() -> suspected(found))
        .or(found::objection);
  }

  /// A program that the role allows by name counts as starting no other, unless it is a known
  /// wrapper.
  private Optional<String> suspected(WrappedPrograms found) {
    return found.suspects().stream()
        .filter(suspect -> !allowed.contains(suspect.program()))
        .filter(suspect -> blocked.contains(WrappedPrograms.baseName(suspect.words().getFirst())))
        .findFirst()
        .map(suspect ->
            "command '"
                + WrappedPrograms.baseName(suspect.words().getFirst())
                + "' is blocked, and '"
                + suspect.program()
                + "' may be a program that starts it");
  }

  private String orUseShell() {
    return permits("sh") ? ", or hand the whole line to a shell: sh -c '…'" : "";
  }

  /// The text after `=` may be a secret.
  private static String withoutValue(String word) {
    int equals = word.indexOf('=');
    return equals < 0 ? word : word.substring(0, equals + 1);
  }

  private static Verdict.Refused refused(String program, String reason) {
    return new Verdict.Refused(program, "Error: " + reason + ".");
  }
}
