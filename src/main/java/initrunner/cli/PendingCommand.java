package initrunner.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import initrunner.agent.PausedRun;
import initrunner.agent.ToolRequest;
import initrunner.audit.VisibleText;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `pending`: the runs that wait for approval.
@Command(
    name = "pending",
    descriptionHeading = "%n",
    description = {"Lists the runs that wait for approval of a tool call.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner pending",
      "  initrunner pending --json | jq -r '.[].run_id'",
      "",
      "Exit status: 0 (also where none waits), 1 they cannot be read."
    })
public final class PendingCommand implements Callable<Integer> {

  private final Console console;

  @Option(names = "--json", description = "One JSON list.")
  private boolean json;

  public PendingCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    List<PausedRun> runs = RunHome.of(console).pausedRuns().waiting();
    if (json) {
      console.out().println(json(runs));
      return ExitCodes.OK;
    }
    if (runs.isEmpty()) {
      console.err().println("No run waits for approval.");
    }
    for (PausedRun run : runs) {
      console
          .out()
          .println(
              VisibleText.oneLine(run.runId() + "  " + run.pausedAt() + "  " + run.agentName()));
      for (ToolRequest call : run.calls()) {
        console
            .out()
            .println(
                VisibleText.oneLine(
                    "  " + call.id() + "  " + call.tool() + " " + call.arguments()));
      }
    }
    return ExitCodes.OK;
  }

  private static String json(List<PausedRun> runs) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartArray();
      for (PausedRun run : runs) {
        json.writeStartObject();
        json.writeStringField("run_id", run.runId());
        json.writeStringField("paused_at", run.pausedAt().toString());
        json.writeStringField("agent_name", run.agentName());
        json.writeStringField("role_file", run.setting().roleFile().toString());
        json.writeStringField("prompt", run.prompt());
        json.writeFieldName("tool_calls");
        write(json, run.calls());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return text.toString();
  }

  /// Calls that wait, as a list.
  static void write(JsonGenerator json, List<ToolRequest> calls) throws IOException {
    json.writeStartArray();
    for (ToolRequest call : calls) {
      json.writeStartObject();
      json.writeStringField("id", call.id());
      json.writeStringField("tool", call.tool());
      json.writeStringField("arguments", call.arguments());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
