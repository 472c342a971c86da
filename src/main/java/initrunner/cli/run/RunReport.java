package initrunner.cli.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import initrunner.agent.AgentRun;
import initrunner.model.ToolRequest;
import initrunner.tool.ToolCall;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The result of a run, for programs and for people.
///
/// @param notes a sentence for each model whose address is not its provider's own
public record RunReport(
    String runId, String provider, String model, List<String> notes, AgentRun run) {

  public RunReport {
    notes = List.copyOf(notes);
  }

  /// One JSON object on one line.
  ///
  /// @param approvalId the name by which a waiting run is approved
  String json(String approvalId) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("run_id", runId);
      json.writeStringField("output", run.output());
      Optional<String> error = run.failure().map(AgentRun.Failure::message);
      if (error.isPresent()) {
        json.writeStringField("error", error.get());
      } else {
        json.writeNullField("error");
      }
      json.writeBooleanField("success", error.isEmpty() && run.pause().isEmpty());
      json.writeStringField("status", status());
      json.writeNumberField("tokens_in", run.usage().tokensIn());
      json.writeNumberField("tokens_out", run.usage().tokensOut());
      json.writeNumberField("total_tokens", run.usage().total());
      Optional<BigDecimal> dollars = dollars();
      json.writeFieldName("cost_usd");
      if (dollars.isPresent()) {
        json.writeNumber(dollars.get().toPlainString());
      } else {
        json.writeNull();
      }
      json.writeNumberField("tool_calls", run.toolNames().size());
      json.writeArrayFieldStart("tool_call_names");
      for (String name : run.toolNames()) {
        json.writeString(name);
      }
      json.writeEndArray();
      json.writeNumberField("duration_ms", run.duration().toMillis());
      json.writeStringField("provider", provider);
      json.writeStringField("model", model);
      if (!notes.isEmpty()) {
        json.writeArrayFieldStart("notes");
        for (String note : notes) {
          json.writeString(note);
        }
        json.writeEndArray();
      }
      if (run.pause().isPresent()) {
        json.writeStringField("approval_id", approvalId);
        json.writeFieldName("pending");
        CallText.write(json, pending(run.pause().get()));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private Optional<BigDecimal> dollars() {
    return run.usage().dollars().map(BigDecimal::stripTrailingZeros);
  }

  private String status() {
    if (run.pause().isPresent()) {
      return "paused";
    }
    return run.failure().isPresent() ? "failed" : "done";
  }

  private static List<ToolRequest> pending(AgentRun.Pause pause) {
    List<String> ids = pause.calls().stream().map(ToolCall::id).toList();
    return pause.transcript().waiting().stream()
        .filter(request -> ids.contains(request.id()))
        .toList();
  }

  /// The run's usage on one line.
  public String cost() {
    return String.format(
        Locale.ROOT,
        "--- tokens: %d in, %d out, %d in all%s; tool calls: %d; %.1f s ---",
        run.usage().tokensIn(),
        run.usage().tokensOut(),
        run.usage().total(),
        dollars()
            .filter(cost -> cost.signum() > 0)
            .map(cost -> "; $" + cost.toPlainString())
            .orElse(""),
        run.toolNames().size(),
        run.duration().toMillis() / 1000.0);
  }
}
