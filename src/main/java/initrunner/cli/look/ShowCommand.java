package initrunner.cli.look;

import initrunner.audit.story.RunFilter;
import initrunner.audit.story.RunLog;
import initrunner.audit.story.RunStory;
import initrunner.audit.story.RunSummary;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.TerminalLook;
import initrunner.text.JsonText;
import initrunner.text.Nearest;
import initrunner.text.SafeText;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `show`: the story of one run.
@Command(
    name = "show",
    descriptionHeading = "%n",
    description = {
      "Tells what happened in a run.",
      "Its prompt, each call and how it ended, who approved it, and the answer.",
      "Arguments and output are there as far as the role keeps them (security.audit).",
      "Times are in UTC.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  initrunner show last",
      "  initrunner show 3f2a",
      "  initrunner show last --json | jq '.story[].call.end.text'",
      "",
      "Exit status: 0, 1 no audit log or no run, 2 wrong usage or no such run.",
    })
public final class ShowCommand implements Callable<Integer> {

  private static final String LAST = "last";
  private static final int MOST_NAMED = 5;
  private static final int MOST_KNOWN = 1000;

  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN_ID|last",
      description = "The run, or a beginning of its id that no other has; last: the newest.")
  private String run = LAST;

  @Option(
      names = "--calls",
      paramLabel = "N",
      description = "At most so many calls, the newest, or all (default: ${DEFAULT-VALUE}).")
  private String calls = "200";

  @Option(names = "--json", description = "One JSON object with all of it.")
  private boolean json;

  @Mixin private final LookOptions look = new LookOptions();

  public ShowCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    int most = look.number("--calls", calls);
    look.requireAllowed();
    RunLog log = look.log(console);
    Optional<String> id = run.equals(LAST) ? log.newest() : Optional.of(found(log));
    int events = json || most > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : 2 * most;
    Optional<RunStory> story = id.flatMap(each -> log.story(each, events));
    if (story.isEmpty()) {
      console.complain(
          "there is no run in " + log.database() + " yet",
          "Run something first, as: initrunner demo");
      return ExitCodes.FAILED;
    }
    if (json) {
      console.out().println(JsonText.line(StoryJson.of(story.get())));
    } else {
      boolean isTerminal = console.output() == Console.Output.TERMINAL;
      new StoryText(console.out().screen(isTerminal ? TerminalLook.of(console) : TerminalLook.NONE))
          .print(story.get());
    }
    return ExitCodes.OK;
  }

  private String found(RunLog log) {
    List<String> ids = run.isEmpty() ? List.of() : log.idsWith(run, MOST_NAMED + 1);
    if (ids.contains(run) || ids.size() == 1) {
      return ids.contains(run) ? run : ids.getFirst();
    }
    if (ids.isEmpty()) {
      throw look.fault(
          "there is no run '"
              + SafeText.exact(SafeText.cut(run, 80))
              + "' in "
              + log.database()
              + "; "
              + next(log));
    }
    throw look.fault(
        "'"
            + run
            + "' begins the ids of "
            + (ids.size() > MOST_NAMED ? "more than " + MOST_NAMED : ids.size())
            + " runs: "
            + String.join(", ", ids.subList(0, Math.min(ids.size(), MOST_NAMED)))
            + "; write more of it");
  }

  private String next(RunLog log) {
    List<String> known =
        log
            .runs(
                new RunFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    RunFilter.Ends.ALL,
                    MOST_KNOWN))
            .stream()
            .map(RunSummary::runId)
            .toList();
    String meant = Nearest.question(run, known);
    return (meant.isEmpty() ? "" : meant + " ") + "initrunner runs lists them";
  }
}
