package initrunner.role;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/// When a run must stop (`spec.guardrails`).
///
/// @param timeout wall clock of one run
/// @param maxToolCalls tool calls of one run
/// @param maxRequests model requests of one run
/// @param costLimit US dollars that one run may cost; empty where there is no limit
public record Guardrails(
    Duration timeout,
    int maxToolCalls,
    int maxRequests,
    TokenLimits tokens,
    Optional<BigDecimal> costLimit) {

  public static final Guardrails DEFAULT = new Guardrails(Duration.ofMinutes(5), 20);

  private static final int FEWEST_REQUESTS = 30;
  private static final int REQUESTS_BESIDE_CALLS = 10;

  /// One with the requests that so many tool calls may need, and the default token limits.
  public Guardrails(Duration timeout, int maxToolCalls) {
    this(timeout, maxToolCalls, requestsFor(maxToolCalls), TokenLimits.DEFAULT, Optional.empty());
  }

  /// The model requests of a run that may make so many tool calls, where a role does not say.
  static int requestsFor(int maxToolCalls) {
    long needed = (long) maxToolCalls + REQUESTS_BESIDE_CALLS;
    return Math.clamp(needed, FEWEST_REQUESTS, Integer.MAX_VALUE);
  }

  /// The most tokens; empty where there is no limit.
  ///
  /// @param perRun `max_tokens_per_run`: tokens that the model writes in one run
  /// @param input `input_tokens_limit`: tokens that it reads in one run
  /// @param total `total_tokens_limit`: both together in one run
  /// @param perRequestInput `per_request_input_tokens_limit`: tokens that it reads in one request
  /// @param runBudget `run_token_budget`: both together in one run
  /// @param sessionBudget `session_token_budget`: both together in all runs of one session
  public record TokenLimits(
      int perRun,
      Optional<Integer> input,
      Optional<Integer> total,
      Optional<Integer> perRequestInput,
      Optional<Integer> runBudget,
      Optional<Integer> sessionBudget) {

    public static final TokenLimits DEFAULT =
        new TokenLimits(
            50_000,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }
}
