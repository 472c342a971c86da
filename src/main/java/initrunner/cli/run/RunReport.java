package initrunner.cli.run;

import initrunner.agent.AgentRun;
import initrunner.model.Model;
import initrunner.model.ToolRequest;
import initrunner.run.RunOrder;
import initrunner.text.JsonText;
import initrunner.tool.ToolCall;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/// The result of a run, for programs and for people.
///
/// @param asked empty if the run ended before its model was opened
public record RunReport(RunOrder order, Optional<Model> asked, AgentRun run) {

  /// One JSON object on one line.
  String json() {
    Optional<String> error = run.failure().map(AgentRun.Failure::message);
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("run_id", order.runId());
    fields.put("output", run.output());
    fields.put("error", error);
    fields.put("success", error.isEmpty() && run.pause().isEmpty());
    fields.put("status", status());
    fields.put("tokens_in", run.usage().tokensIn());
    fields.put("tokens_out", run.usage().tokensOut());
    fields.put("total_tokens", run.usage().total());
    fields.put("cost_usd", dollars());
    fields.put("tool_calls", run.toolNames().size());
    fields.put("tool_call_names", run.toolNames());
    fields.put("duration_ms", run.duration().toMillis());
    fields.put("provider", asked.map(Model::provider).orElseGet(order.model()::provider));
    fields.put("model", asked.map(Model::name).orElseGet(order.model()::name));
    if (!order.model().elsewhere().isEmpty()) {
      fields.put("notes", order.model().elsewhere());
    }
    run.pause()
        .ifPresent(pause -> {
          fields.put("approval_id", order.approvalId());
          fields.put("pending", pending(pause).stream().map(CallText::fields).toList());
        });
    return JsonText.line(fields);
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
