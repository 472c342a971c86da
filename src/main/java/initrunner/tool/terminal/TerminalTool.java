package initrunner.tool.terminal;

import initrunner.text.BoundedPattern;
import initrunner.tool.Arguments;
import initrunner.tool.Plan;
import initrunner.tool.ShellTool;
import initrunner.tool.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;

/// Opens terminals on the host and works at them: for programs that ask, draw or read keys. The
/// command of a terminal is judged as a command of [ShellTool] is; what is typed there is not
/// judged. Immutable.
public final class TerminalTool implements Tool {

  private static final int MOST_SECONDS = 600;
  private static final int MOST_TYPED_CHARACTERS = 64 * 1024;
  private static final long MOST_COLUMNS = 300;
  private static final long MOST_ROWS = 100;
  private static final long COLUMNS = 100;
  private static final long ROWS = 30;
  private static final Duration QUIET = Duration.ofMillis(300);
  private static final long MOST_QUIET_MILLIS = 60_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long WAIT_SECONDS = 30;

  /// The functions that a role gives the model.
  public enum Function {
    OPEN("open_terminal"),
    TYPE("type"),
    READ("read_screen"),
    CLOSE("close_terminal");

    private final String called;

    Function(String called) {
      this.called = called;
    }
  }

  private final Function function;
  private final ShellTool shell;
  private final Plan.TerminalRules rules;

  /// @param shell judges the commands of terminals
  public TerminalTool(Function function, ShellTool shell, Plan.TerminalRules rules) {
    this.function = function;
    this.shell = shell;
    this.rules = rules;
  }

  @Override
  public String name() {
    return function.called;
  }

  @Override
  public String type() {
    return "terminal";
  }

  @Override
  public String description() {
    return switch (function) {
      case OPEN ->
          "Starts a program at a terminal of its own and returns the terminal's id and its screen."
              + " Use it for programs that ask questions, draw a screen or are talked to: installers,"
              + " debuggers, interactive interpreters, editors, top. For all others run_shell is"
              + " simpler. Its command is written as in run_shell: one program with its arguments."
              + " It ends with this conversation."
              + (rules.secrets() == Plan.TerminalRules.Secrets.A_PERSON
                  ? " Where it asks for a password, a person is asked, and you never see it."
                  : "");
      case TYPE ->
          "Types a text, then keys, at a terminal, waits until the program is quiet, and returns the"
              + " screen. A text is not entered before you add the key Enter.";
      case READ ->
          "Returns what a terminal shows, and the lines that have scrolled off since the last look."
              + " Can wait for a text to appear, or for the program to be quiet.";
      case CLOSE -> "Closes a terminal and stops its program.";
    };
  }

  @Override
  public List<Parameter> parameters() {
    Parameter id = Parameter.required("id", "The terminal's id, as open_terminal gave it");
    return switch (function) {
      case OPEN ->
          List.of(
              Parameter.required("command", "The program and its arguments, as in: python3 -q"),
              Parameter.number("columns", "Of the screen (default 100)"),
              Parameter.number("rows", "Of the screen (default 30)"));
      case TYPE ->
          List.of(
              id,
              Parameter.optional("text", "Characters to type; a line break is Enter"),
              Parameter.flag(
                  "paste",
                  "true: its lines are pasted as one text, for editors that would indent each"),
              Parameter.optional("keys", "Keys to press behind it, with blanks: " + Key.NAMES),
              Parameter.optional(
                  "wait_for", "Wait for this text, or /regular expression/, instead of quiet"),
              Parameter.number("seconds", "Wait at most so long (default 5; with wait_for 30)"));
      case READ ->
          List.of(
              id,
              Parameter.optional("wait_for", "Wait for this text, or /regular expression/"),
              Parameter.number(
                  "quiet_ms",
                  "Wait until the program has written nothing for so many milliseconds"),
              Parameter.number("seconds", "Wait at most so long (default 30)"));
      case CLOSE -> List.of(id);
    };
  }

  @Override
  public boolean isReadOnly() {
    return switch (function) {
      case OPEN, TYPE, CLOSE -> false;
      case READ -> true;
    };
  }

  @Override
  public int mostCharacters(String parameter) {
    return function == Function.OPEN ? shell.mostCharacters(parameter) : MOST_TYPED_CHARACTERS;
  }

  @Override
  public Plan plan(Map<String, Object> all) {
    Arguments arguments = new Arguments(all);
    try {
      return switch (function) {
        case OPEN -> open(arguments);
        case TYPE -> typed(arguments);
        case READ -> read(arguments);
        case CLOSE -> new Plan.TerminalClosed(id(arguments));
      };
    } catch (PatternSyntaxException e) {
      return refused("wait_for is no regular expression: " + e.getDescription());
    }
  }

  private Plan open(Arguments arguments) {
    long columns = arguments.number("columns").orElse(COLUMNS);
    long rows = arguments.number("rows").orElse(ROWS);
    if (columns < 1 || columns > MOST_COLUMNS || rows < 1 || rows > MOST_ROWS) {
      return refused(
          "a terminal has 1 to %d columns and 1 to %d rows".formatted(MOST_COLUMNS, MOST_ROWS));
    }
    return switch (shell.plan(arguments.all())) {
      case Plan.Refused refused -> refused;
      case Plan.Run run ->
          new Plan.TerminalOpened(
              run.command(),
              (int) columns,
              (int) rows,
              rules,
              new Plan.ScreenWait(Optional.empty(), QUIET, PATIENCE));
      case Plan.Made other -> throw new IllegalStateException("not a command: " + other);
    };
  }

  private static Plan typed(Arguments arguments) {
    List<String> unknown = new ArrayList<>();
    List<Key> keys = Key.all(arguments.text("keys").orElse(""), unknown);
    String text = arguments.text("text").orElse("");
    if (!unknown.isEmpty()) {
      return refused(
          "there is no key '" + String.join("', '", unknown) + "'; keys are " + Key.NAMES);
    }
    if (text.isEmpty() && keys.isEmpty()) {
      return refused("type needs text, keys or both");
    }
    return new Plan.TerminalTyped(
        id(arguments),
        new TypedKeys(text, keys, arguments.isSet("paste")),
        wait(arguments, QUIET, PATIENCE));
  }

  private static Plan read(Arguments arguments) {
    Duration quiet =
        Duration.ofMillis(
            Math.clamp(arguments.number("quiet_ms").orElse(0L), 0, MOST_QUIET_MILLIS));
    return new Plan.ScreenRead(
        id(arguments), wait(arguments, quiet, Duration.ofSeconds(WAIT_SECONDS)));
  }

  private static Plan.ScreenWait wait(Arguments arguments, Duration quiet, Duration otherwise) {
    Optional<Predicate<String>> appears =
        arguments.text("wait_for").filter(text -> !text.isEmpty()).map(TerminalTool::appears);
    Duration usual = appears.isPresent() ? Duration.ofSeconds(WAIT_SECONDS) : otherwise;
    Duration most =
        arguments
            .number("seconds")
            .map(seconds -> Duration.ofSeconds(Math.clamp(seconds, 0, MOST_SECONDS)))
            .orElse(usual);
    return new Plan.ScreenWait(appears, quiet, most);
  }

  private static Predicate<String> appears(String text) {
    if (text.length() > 2 && text.startsWith("/") && text.endsWith("/")) {
      BoundedPattern pattern = new BoundedPattern(text.substring(1, text.length() - 1));
      return shown -> isIn(pattern, shown);
    }
    return shown -> shown.contains(text);
  }

  private static boolean isIn(BoundedPattern pattern, String shown) {
    try {
      return pattern.isIn(shown);
    } catch (BoundedPattern.GaveUpException tooManySteps) {
      return false;
    }
  }

  private static String id(Arguments arguments) {
    return arguments.text("id").orElse("");
  }

  private static Plan refused(String reason) {
    return new Plan.Refused("", "Error: " + reason + ".");
  }

  /// Those of the command that it starts.
  @Override
  public List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    return function == Function.OPEN ? shell.otherWaysOfWriting(arguments) : List.of();
  }
}
