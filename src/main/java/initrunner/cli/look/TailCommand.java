package initrunner.cli.look;

import initrunner.audit.story.CallFeed;
import initrunner.audit.story.RunFilter;
import initrunner.audit.story.RunLog;
import initrunner.audit.story.StoredCall;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.TerminalLook;
import initrunner.text.JsonText;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `tail`: the newest calls, and with `-f` those of all processes as they happen.
@Command(
    name = "tail",
    descriptionHeading = "%n",
    description = {
      "Shows the newest calls, whichever process makes them.",
      "With -f it goes on: a call that takes a while has a line at its start, too.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  initrunner tail -f",
      "  initrunner tail -f --host my-build-box --json",
      "",
      "Exit status: 0, 1 no audit log, 2 wrong usage; Ctrl-C ends -f with 130.",
    })
public final class TailCommand implements Callable<Integer> {

  private static final Duration PAUSE = Duration.ofMillis(250);

  private final Console console;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with calls as they happen.")
  private boolean follow;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "Begin with so many, the newest, or all (default: ${DEFAULT-VALUE}).")
  private String limit = "10";

  @Option(names = "--agent", paramLabel = "NAME", description = "Only calls of this agent.")
  private @Nullable String agent;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only calls on this host, as the role names it; local: this machine.")
  private @Nullable String host;

  @Option(
      names = "--sandbox",
      paramLabel = "NAME",
      description = "Only calls in this one of a role's several sandboxes.")
  private @Nullable String sandbox;

  @Option(names = "--json", description = "One JSON object on each line.")
  private boolean json;

  @Mixin private final LookOptions look = new LookOptions();

  public TailCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    int most = look.number("--limit", limit);
    look.requireAllowed();
    RunLog log = look.log(console);
    Consumer<StoredCall> printed = printing();
    try {
      if (follow && !isThere(log)) {
        return ExitCodes.OK;
      }
      try (CallFeed feed = CallFeed.open(log.database(), this::isWanted)) {
        print(feed.newest(most), printed);
        while (follow && console.outputFailure().isEmpty()) {
          Thread.sleep(PAUSE);
          print(feed.next(), printed);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitCodes.OK;
  }

  private static void print(List<StoredCall> calls, Consumer<StoredCall> printed) {
    calls.forEach(printed);
  }

  /// Waits for the first record of all.
  private boolean isThere(RunLog log) throws InterruptedException {
    if (Files.notExists(log.database())) {
      console.err().println("Nothing is recorded in " + log.database() + " yet; waiting for it");
    }
    while (Files.notExists(log.database())) {
      if (console.outputFailure().isPresent()) {
        return false;
      }
      Thread.sleep(PAUSE);
    }
    return true;
  }

  private boolean isWanted(StoredCall call) {
    return Optional.ofNullable(agent).map(call.agent()::equals).orElse(true)
        && Optional.ofNullable(host)
            .map(name ->
                call.place().host().map(name::equals).orElse(name.equals(RunFilter.THIS_MACHINE)))
            .orElse(true)
        && (sandbox == null || call.place().sandbox().equals(Optional.of(sandbox)));
  }

  private Consumer<StoredCall> printing() {
    if (json) {
      return call -> console.out().println(JsonText.line(StoryJson.of(call)));
    }
    boolean isTerminal = console.output() == Console.Output.TERMINAL;
    return new CallLines(
            console.out().screen(isTerminal ? TerminalLook.of(console) : TerminalLook.NONE),
            isTerminal ? console.size().columns() : CallLines.UNBOUNDED)
        ::print;
  }
}
