package initrunner.cli.look;

import initrunner.audit.story.Outcome;
import initrunner.audit.story.RunFilter;
import initrunner.audit.story.RunLog;
import initrunner.audit.story.RunSummary;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.Screen;
import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import initrunner.cli.look.Table.Align;
import initrunner.cli.look.Table.Column;
import initrunner.text.JsonText;
import initrunner.text.SafeText;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `runs`: one line for each run of the audit log, the newest first.
@Command(
    name = "runs",
    descriptionHeading = "%n",
    description = {"Lists what was run: when, who asked, where, and how it ended.", ""},
    sortOptions = false,
    footer = {
      "",
      "A run is that of an agent, one command of exec, or all calls that one mcp,",
      "exec-server or library session made. BY is the door through which it was asked",
      "for, and the other program if there is one. Times are in UTC.",
      "",
      "Examples:",
      "  initrunner runs --since 1d --failed",
      "  initrunner runs --host my-build-box --limit all",
      "  initrunner runs --json | jq -r '.[] | select(.failed_calls > 0) | .run_id'",
      "",
      "Exit status: 0 (also when nothing matches), 1 no audit log, 2 wrong usage.",
    })
public final class RunsCommand implements Callable<Integer> {

  private static final int WIDE = 110;
  private static final int RUN_CHARACTERS = 8;

  private static final DateTimeFormatter BRIEF = form("MM-dd HH:mm");
  private static final DateTimeFormatter LONG = form("uuuu-MM-dd HH:mm:ss");

  private final Console console;

  @Option(names = "--agent", paramLabel = "NAME", description = "Only runs of this agent.")
  private @Nullable String agent;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only runs with calls on this host, as the role names it; local: this machine.")
  private @Nullable String host;

  @Option(
      names = "--sandbox",
      paramLabel = "NAME",
      description = "Only runs with calls in this one of a role's several sandboxes.")
  private @Nullable String sandbox;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only runs that began then or later: 15m, 2h, 7d ago, a date, or a time.")
  private @Nullable String since;

  @Option(
      names = "--failed",
      description = "Only runs that did not end well: also those that wait, and those without end.")
  private boolean failed;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many, the newest, or all (default: ${DEFAULT-VALUE}).")
  private String limit = "20";

  @Option(names = "--json", description = "One JSON list.")
  private boolean json;

  @Mixin private final LookOptions look = new LookOptions();

  public RunsCommand(Console console) {
    this.console = console;
  }

  private static DateTimeFormatter form(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }

  @Override
  public Integer call() {
    int most = look.number("--limit", limit);
    RunFilter filter =
        new RunFilter(
            Optional.ofNullable(agent),
            Optional.ofNullable(host),
            Optional.ofNullable(sandbox),
            look.time("--since", since),
            failed ? RunFilter.Ends.NOT_SUCCEEDED : RunFilter.Ends.ALL,
            most == Integer.MAX_VALUE ? most : most + 1);
    look.requireAllowed();
    RunLog log = look.log(console);
    List<RunSummary> found = log.runs(filter);
    List<RunSummary> runs = found.subList(0, Math.min(most, found.size()));
    if (json) {
      console.out().println(JsonText.line(runs.stream().map(StoryJson::of).toList()));
    } else if (runs.isEmpty()) {
      console.err().println("No such run in " + log.database());
    } else {
      show(runs);
    }
    if (found.size() > runs.size()) {
      console.err().println("There are more runs; --limit all shows them, --limit N the newest N.");
    }
    return ExitCodes.OK;
  }

  private void show(List<RunSummary> runs) {
    boolean isTerminal = console.output() == Console.Output.TERMINAL;
    int most = isTerminal ? console.size().columns() : Integer.MAX_VALUE;
    boolean isWide = most >= WIDE;
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("RUN", Align.LEFT, 8));
    columns.add(new Column("WHEN", Align.LEFT, 19));
    columns.add(new Column("BY", Align.LEFT, 4));
    if (isWide) {
      columns.add(new Column("AGENT", Align.LEFT, 8));
    }
    columns.add(new Column("WHERE", Align.LEFT, 7));
    columns.add(new Column("ENDED", Align.LEFT, 10));
    columns.add(new Column("CALLS", Align.RIGHT, 12));
    columns.add(new Column("TOKENS", Align.RIGHT, 8));
    columns.add(new Column("COST", Align.RIGHT, 12));
    columns.add(new Column("TIME", Align.RIGHT, 8));
    Screen screen = console.out().screen(isTerminal ? TerminalLook.of(console) : TerminalLook.NONE);
    new Table(columns, runs.stream().map(run -> cells(run, isWide)).toList()).print(screen, most);
  }

  private static List<Span> cells(RunSummary run, boolean isWide) {
    List<Span> cells = new ArrayList<>();
    cells.add(cell(isWide ? run.runId() : first(run.runId())));
    cells.add(Span.plain(time(run.begin(), isWide)));
    cells.add(cell(run.asker().door() + run.asker().client().map(name -> " " + name).orElse("")));
    if (isWide) {
      cells.add(cell(run.agent()));
    }
    cells.add(cell(run.places().isEmpty() ? "-" : StoryText.places(run)));
    cells.add(new Span(style(run.outcome()), SafeText.exact(run.outcome().text())));
    long made = run.calls().made();
    long failures = run.calls().failed();
    cells.add(Span.plain(made + (isWide && failures > 0 ? " (" + failures + " failed)" : "")));
    long tokens = run.spent().tokensIn() + run.spent().tokensOut();
    cells.add(Span.plain(run.spent().model().isEmpty() ? "-" : Amounts.count(tokens)));
    cells.add(Span.plain(Amounts.cost(run.spent())));
    cells.add(Span.plain(Amounts.time(run.duration())));
    return cells;
  }

  /// Enough of an id to find the run with it.
  static String first(String runId) {
    return runId.substring(0, Math.min(runId.length(), RUN_CHARACTERS));
  }

  private static String time(Instant time, boolean isWide) {
    return (isWide ? LONG : BRIEF).format(time);
  }

  private static Span cell(String text) {
    return Span.plain(SafeText.exact(text));
  }

  static Style style(Outcome outcome) {
    return switch (outcome.kind()) {
      case SUCCEEDED -> Style.GOOD;
      case FAILED -> Style.BAD;
      case PAUSED, UNFINISHED -> Style.CALL;
    };
  }
}
