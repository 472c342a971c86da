package initrunner.role;

import initrunner.schema.type.Decimal;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Section;
import initrunner.schema.type.Whole;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/// When a run must stop (`spec.guardrails`).
///
/// @param maxServedCalls tool calls of one server of other agents: those of a run where the role
///   writes them; empty for no limit
public record Guardrails(
    Duration timeout,
    int maxToolCalls,
    int maxRequests,
    TokenLimits tokens,
    Optional<BigDecimal> costLimit,
    Optional<Integer> maxServedCalls) {

  private static final Field<Integer> MAX_TOOL_CALLS =
      Field.of("max_tool_calls", Whole.atLeast(0, "calls"), 20, "Most tool calls of one run.");

  private static final Whole TOKENS = Whole.atLeast(1, "tokens");

  static final Section<Guardrails> SECTION =
      Section.of(Guardrails::of)
          .ignoring(
              """
              max_iterations budget_timezone retry_policy circuit_breaker autonomous_token_budget
              autonomous_timeout_seconds daemon_token_budget daemon_daily_token_budget
              daemon_weekly_token_budget daemon_daily_cost_budget daemon_weekly_cost_budget
              """);

  public static final Guardrails DEFAULT = SECTION.defaults();

  private static final int FEWEST_REQUESTS = 30;
  private static final int REQUESTS_BESIDE_CALLS = 10;

  /// With the requests that so many tool calls need, and default token limits.
  public Guardrails(Duration timeout, int maxToolCalls) {
    this(timeout, maxToolCalls, requestsFor(maxToolCalls), DEFAULT.tokens(), Optional.empty());
  }

  /// One without a limit for other agents.
  public Guardrails(
      Duration timeout,
      int maxToolCalls,
      int maxRequests,
      TokenLimits tokens,
      Optional<BigDecimal> costLimit) {
    this(timeout, maxToolCalls, maxRequests, tokens, costLimit, Optional.empty());
  }

  /// Limits of tokens; empty for no limit.
  public record TokenLimits(
      int perRun,
      Optional<Integer> input,
      Optional<Integer> total,
      Optional<Integer> perRequestInput,
      Optional<Integer> runBudget,
      Optional<Integer> sessionBudget) {}

  private static Guardrails of(Fields f) {
    Duration timeout =
        Duration.ofSeconds(
            f.get("timeout_seconds", Whole.atLeast(1, "seconds"), 300, "Wall clock of one run."));
    int toolCalls = f.get(MAX_TOOL_CALLS);
    return new Guardrails(
        timeout,
        toolCalls,
        f.optional(
                "max_request_limit",
                Whole.atLeast(1, "requests"),
                "Most model requests of one run; max_tool_calls + 10, at least 30, if unset.")
            .orElseGet(() -> requestsFor(toolCalls)),
        new TokenLimits(
            f.get(
                "max_tokens_per_run",
                TOKENS,
                50_000,
                "Most tokens that the model writes in one run."),
            f.optional(
                "input_tokens_limit", TOKENS, "Most tokens that the model reads in one run."),
            f.optional("total_tokens_limit", TOKENS, "Most tokens of one run, read and written."),
            f.optional(
                "per_request_input_tokens_limit",
                TOKENS,
                "Most tokens that the model reads in one request."),
            f.optional("run_token_budget", TOKENS, "Budget of one run, in tokens."),
            f.optional(
                "session_token_budget", TOKENS, "Budget of an interactive session, in tokens.")),
        f.optional(
                "cost_limit",
                Decimal.above(0),
                "Most US dollars of one run, by the prices in the user's models.yaml.")
            .map(BigDecimal::valueOf)
            .map(BigDecimal::stripTrailingZeros),
        f.written(MAX_TOOL_CALLS).map(_ -> toolCalls));
  }

  /// The default of `max_request_limit`.
  static int requestsFor(int maxToolCalls) {
    long needed = (long) maxToolCalls + REQUESTS_BESIDE_CALLS;
    return Math.clamp(needed, FEWEST_REQUESTS, Integer.MAX_VALUE);
  }
}
