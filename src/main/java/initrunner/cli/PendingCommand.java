package initrunner.cli;

import initrunner.agent.PausedRun;
import initrunner.agent.PausedRuns;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.run.CallText;
import initrunner.run.RunHome;
import initrunner.runtime.RoleHost;
import initrunner.text.JsonText;
import initrunner.text.SafeText;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `pending`: the runs that wait for approval.
@Command(
    name = "pending",
    descriptionHeading = "%n",
    description = {"Lists the runs that wait for approval of a tool call.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner pending",
      "  initrunner pending --json | jq -r '.[].approval_id'",
      "",
      "Exit status: 0 (also where none waits), 1 some cannot be read."
    })
public final class PendingCommand implements Callable<Integer> {

  private final Console console;

  @Option(names = "--json", description = "One JSON list.")
  private boolean json;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many, those that have waited longest.")
  private int limit = Integer.MAX_VALUE;

  @Spec private CommandSpec spec;

  public PendingCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(
          spec.commandLine(), "--limit is " + limit + "; allowed is a whole number, 1 or more");
    }
    PausedRuns.Waiting waiting = RunHome.of(console.environment()).pausedRuns().waiting();
    List<PausedRun> runs = waiting.runs().stream().limit(limit).toList();
    if (json) {
      console.out().println(JsonText.line(runs.stream().map(PendingCommand::fields).toList()));
    } else {
      runs.forEach(this::show);
    }
    waiting
        .unreadable()
        .forEach(why -> console.err().println("Error: " + why.getMessage() + ". " + why.remedy()));
    if (runs.isEmpty() && waiting.unreadable().isEmpty() && !json) {
      console.err().println("No run waits for approval.");
    }
    return waiting.unreadable().isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private void show(PausedRun run) {
    say(
        run.approvalId()
            + "  "
            + run.pausedAt().truncatedTo(ChronoUnit.SECONDS)
            + "  "
            + run.agentName());
    run.setting().place().ifPresent(place -> say("  on " + place.description()));
    run.calls().forEach(call -> say("  " + CallText.waiting(call)));
  }

  private void say(String line) {
    console.out().println(SafeText.exact(line));
  }

  private static Map<String, Object> fields(PausedRun run) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("run_id", run.runId());
    fields.put("approval_id", run.approvalId());
    fields.put("paused_at", run.pausedAt());
    fields.put("agent_name", run.agentName());
    fields.put("role_file", run.setting().roleFile());
    fields.put("place", run.setting().place().map(RoleHost::fields));
    fields.put("prompt", run.prompt());
    fields.put("tool_calls", run.calls().stream().map(CallText::fields).toList());
    return fields;
  }
}
