package initrunner.agent;

import initrunner.agent.AgentRun.Failure;
import initrunner.model.Usage;
import initrunner.role.Guardrails;
import initrunner.role.Guardrails.TokenLimits;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.stream.Stream;

/// The guardrails that count. The model's server counts the tokens. Stateless.
final class RunLimits {

  private RunLimits() {}

  /// The first token limit that the run exceeds.
  ///
  /// @param turn of the last request
  /// @param all of the run
  static Optional<Failure> tokens(TokenLimits limits, Usage turn, Usage all) {
    return Stream.of(
            over(
                limits.perRequestInput(),
                turn.tokensIn(),
                "input tokens in one request",
                "per_request_input_tokens_limit"),
            over(
                Optional.of(limits.perRun()),
                all.tokensOut(),
                "output tokens",
                "max_tokens_per_run"),
            over(limits.input(), all.tokensIn(), "input tokens", "input_tokens_limit"),
            over(limits.total(), all.total(), "tokens", "total_tokens_limit"),
            over(limits.runBudget(), all.total(), "tokens", "run_token_budget"))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Failure> over(
      Optional<Integer> limit, long used, String what, String field) {
    return limit
        .filter(most -> used > most)
        .map(most ->
            exceeded(
                "the run exceeded its limit of "
                    + most
                    + " "
                    + what
                    + " (spec.guardrails."
                    + field
                    + "): it used "
                    + used,
                field,
                Optional.of(Failure.Limit.TOKENS)));
  }

  /// @param dollars of the run so far; empty if unknown
  static Optional<Failure> cost(Optional<BigDecimal> limit, Optional<BigDecimal> dollars) {
    if (limit.isEmpty()) {
      return Optional.empty();
    }
    String most = limit.get().toPlainString() + " US dollars (spec.guardrails.cost_limit)";
    if (dollars.isEmpty()) {
      return Optional.of(
          new Failure(
              Failure.Kind.USAGE_LIMIT,
              "the run's limit of "
                  + most
                  + " cannot be kept: the model's server did not say how many tokens an answer"
                  + " cost",
              "Use a model whose server reports its tokens, or remove"
                  + " spec.guardrails.cost_limit."));
    }
    return dollars
        .filter(cost -> cost.compareTo(limit.get()) > 0)
        .map(cost ->
            exceeded(
                "the run exceeded its limit of "
                    + most
                    + ": it cost "
                    + cost.stripTrailingZeros().toPlainString(),
                "cost_limit",
                Optional.empty()));
  }

  static Failure requests(Guardrails guardrails) {
    return exceeded(
        "the run reached its limit of "
            + guardrails.maxRequests()
            + " model requests (spec.guardrails.max_request_limit) without an answer",
        "max_request_limit",
        Optional.of(Failure.Limit.STEPS));
  }

  /// @param made tool calls so far
  /// @param wanted further calls
  static Optional<Failure> toolCalls(Guardrails guardrails, int made, int wanted) {
    if (made + wanted <= guardrails.maxToolCalls()) {
      return Optional.empty();
    }
    return Optional.of(
        exceeded(
            "the run reached its limit of "
                + guardrails.maxToolCalls()
                + " tool calls (spec.guardrails.max_tool_calls): after "
                + made
                + " the model asked for "
                + wanted
                + " more, which were not made",
            "max_tool_calls",
            Optional.of(Failure.Limit.STEPS)));
  }

  /// @param retries how many more invalid calls of a tool in a row are allowed
  /// @param turns how many there were in a row
  static Optional<Failure> retries(Optional<Integer> retries, String tool, int turns) {
    return retries
        .filter(most -> turns > most)
        .map(most ->
            new Failure(
                Failure.Kind.USAGE_LIMIT,
                "the model made "
                    + turns
                    + " invalid calls of "
                    + tool
                    + " in a row (spec.execution.retries: "
                    + most
                    + ")",
                "Raise spec.execution.retries, or use another model."));
  }

  private static Failure exceeded(String message, String field, Optional<Failure.Limit> limit) {
    return new Failure(
        Failure.Kind.USAGE_LIMIT,
        message,
        "Raise spec.guardrails." + field + ", or ask for less at once.",
        limit);
  }

  static Failure cancelled() {
    return new Failure(
        Failure.Kind.CANCELLED, "the run was interrupted", "Run it again when you are ready.");
  }
}
