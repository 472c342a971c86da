package initrunner.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import initrunner.agent.PausedRun;
import initrunner.agent.PausedRuns;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.run.CallText;
import initrunner.run.RunHome;
import initrunner.runtime.RoleHost;
import initrunner.text.SafeText;
import java.io.IOException;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  public Integer call() throws IOException {
    if (limit < 1) {
      throw new ParameterException(
          spec.commandLine(), "--limit is " + limit + "; allowed is a whole number, 1 or more");
    }
    PausedRuns.Waiting waiting = RunHome.of(console.environment()).pausedRuns().waiting();
    List<PausedRun> runs = waiting.runs().stream().limit(limit).toList();
    if (json) {
      console.out().println(json(runs));
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

  private static String json(List<PausedRun> runs) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartArray();
      for (PausedRun run : runs) {
        json.writeStartObject();
        json.writeStringField("run_id", run.runId());
        json.writeStringField("approval_id", run.approvalId());
        json.writeStringField("paused_at", run.pausedAt().toString());
        json.writeStringField("agent_name", run.agentName());
        json.writeStringField("role_file", run.setting().roleFile().toString());
        json.writeFieldName("place");
        write(json, run.setting().place());
        json.writeStringField("prompt", run.prompt());
        json.writeFieldName("tool_calls");
        CallText.write(json, run.calls());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Optional<RoleHost> place) throws IOException {
    if (place.isEmpty()) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    for (Map.Entry<String, String> field : place.get().fields().entrySet()) {
      json.writeStringField(field.getKey(), field.getValue());
    }
    json.writeEndObject();
  }
}
