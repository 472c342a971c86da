package initrunner.role;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        "resources",
        "deps_schema");
  }

  /// Of a packaged role.
  static final Set<String> PACKAGING = Set.of("dependencies", "bundle");

  /// Of agents that run by themselves.
  static final Set<String> OF_DAEMONS =
      Set.of(
          "max_iterations",
          "budget_timezone",
          "retry_policy",
          "circuit_breaker",
          "autonomous_token_budget",
          "autonomous_timeout_seconds",
          "daemon_token_budget",
          "daemon_daily_token_budget",
          "daemon_weekly_token_budget",
          "daemon_daily_cost_budget",
          "daemon_weekly_cost_budget");

  /// About answers of a prescribed form.
  static final Set<String> OF_FORM = Set.of("output_retries", "end_strategy");

  static Map<String, String> toolSecurity() {
    Map<String, String> refusals =
        new HashMap<>(
            keys(
                "allowed_custom_modules",
                "blocked_custom_modules",
                "mcp_command_allowlist",
                "restrict_db_paths",
                "audit_hooks_enabled",
                "allowed_network_hosts",
                "block_private_ips",
                "allow_subprocess",
                "allow_eval_exec",
                "sandbox_violation_action"));
    for (String key : List.of("allowed_read_paths", "allowed_write_paths")) {
      refusals.put(
          key,
          "is about tools written in Python, which this version does not have; remove it. It is not"
              + " sandbox."
              + key
              + ", which gives commands more of this machine");
    }
    return refusals;
  }
}
