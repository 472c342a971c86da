package initrunner.role;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The parts of the wider role format that this version does not have, each refused by name: a part
/// that is silently passed over is worse than none.
final class Unavailable {

  static final String KEY = "is not available in this version; remove it";

  private Unavailable() {}

  static Map<String, String> keys(String... keys) {
    return List.of(keys).stream().collect(Collectors.toMap(Function.identity(), _ -> KEY));
  }

  static Map<String, String> spec() {
    return keys(
        "skills",
        "triggers",
        "sinks",
        "ingest",
        "memory",
        "autonomy",
        "reasoning",
        "observability",
        "capabilities",
        "auto_skills",
        "tool_search",
        "daemon",
        "execution",
        "output",
        "resources",
        "deps_schema");
  }

  static Map<String, String> model() {
    return keys(
        "context_window",
        "fallback",
        "fallback_on",
        "concurrency",
        "prompt_cache",
        "top_p",
        "top_k",
        "seed",
        "stop_sequences",
        "parallel_tool_calls",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "extra_headers",
        "extra_body",
        "tool_choice",
        "thinking");
  }

  static Map<String, String> guardrails() {
    return keys(
        "max_tokens_per_run",
        "max_request_limit",
        "input_tokens_limit",
        "total_tokens_limit",
        "per_request_input_tokens_limit",
        "cost_limit",
        "run_token_budget",
        "session_token_budget",
        "max_iterations",
        "budget_timezone",
        "retry_policy",
        "circuit_breaker");
  }

  static Map<String, String> tools() {
    return List.of("python", "script", "git", "filesystem").stream()
        .collect(
            Collectors.toMap(
                Function.identity(),
                type ->
                    "tool type "
                        + type
                        + " is not available in this version, allowed is shell; "
                        + "remove the entry"));
  }
}
