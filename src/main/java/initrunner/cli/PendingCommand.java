package initrunner.cli;

import initrunner.agent.PausedRun;
import initrunner.agent.PausedRuns;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.run.CallText;
import initrunner.model.ToolRequest;
import initrunner.run.RunHome;
import initrunner.run.WaitingCall;
import initrunner.run.WaitingCalls;
import initrunner.runtime.RoleHost;
import initrunner.text.JsonText;
import initrunner.text.SafeText;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `pending`: the runs and the calls of other agents that wait for approval.
@Command(
    name = "pending",
    descriptionHeading = "%n",
    description = {
      "Lists the runs, and the calls of other agents (mcp), that wait for approval.",
      ""
    },
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
    List<WaitingCall> calls =
        WaitingCalls.of(console.environment()).waiting().stream()
            .limit(limit - runs.size())
            .toList();
    if (json) {
      console
          .out()
          .println(
              JsonText.line(
                  Stream.concat(
                          runs.stream().map(PendingCommand::fields),
                          calls.stream().map(PendingCommand::fields))
                      .toList()));
    } else {
      runs.forEach(this::show);
      calls.forEach(this::show);
    }
    waiting
        .unreadable()
        .forEach(why -> console.err().println("Error: " + why.getMessage() + ". " + why.remedy()));
    if (runs.isEmpty() && calls.isEmpty() && waiting.unreadable().isEmpty() && !json) {
      console.err().println("No run waits for approval, and no call.");
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
    run.placesOfCalls(run.setting().places()).forEach(place -> say("  on " + place.description()));
    run.calls().forEach(call -> say("  " + CallText.waiting(call, run.placeOf(call))));
  }

  private void show(WaitingCall call) {
    say(call.id() + "  " + call.askedAt().truncatedTo(ChronoUnit.SECONDS) + "  " + call.client());
    say("  on " + call.place().description());
    say("  " + CallText.unnamed(call.request()));
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
    List<RoleHost> places = run.setting().places();
    fields.put(
        "place", places.size() == 1 ? Optional.of(places.getFirst().fields()) : Optional.empty());
    if (places.size() > 1) {
      fields.put("places", places.stream().map(RoleHost::fields).toList());
    }
    fields.put("prompt", run.prompt());
    fields.put("tool_calls", run.calls().stream().map(call -> fields(run, call)).toList());
    return fields;
  }

  private static Map<String, Object> fields(PausedRun run, ToolRequest call) {
    Map<String, Object> fields = CallText.fields(call);
    run.placeOf(call).ifPresent(place -> fields.put("place", place));
    return fields;
  }

  private static Map<String, Object> fields(WaitingCall call) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("approval_id", call.id());
    fields.put("asked_at", call.askedAt());
    fields.put("client", call.client());
    fields.put("host", call.place().name());
    fields.put("place", call.place().fields());
    fields.put("tool_calls", List.of(CallText.fields(call.request())));
    return fields;
  }
}
