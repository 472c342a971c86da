package initrunner.role;

import initrunner.role.Guardrails.TokenLimits;
import initrunner.schema.type.Counted;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Field;
import initrunner.schema.type.Section;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The declarations of `spec.guardrails` and `spec.execution`.
final class RunFields {

  /// A day.
  private static final double MOST_SECONDS = 86_400;

  private static final Whole TOKENS = Whole.atLeast(1, "tokens");

  static final Field<Integer> TIMEOUT_SECONDS =
      Field.optional("timeout_seconds", Whole.atLeast(1, "seconds"), 300, "Wall clock of one run.");

  static final Field<Integer> MAX_TOOL_CALLS =
      Field.optional(
          "max_tool_calls", Whole.atLeast(0, "calls"), 20, "Most tool calls of one run.");

  static final Field<Optional<Integer>> MAX_REQUEST_LIMIT =
      Field.nullable(
          "max_request_limit",
          Whole.atLeast(1, "requests"),
          "Most model requests of one run; max_tool_calls + 10, at least 30, where unset.");

  static final Field<Integer> MAX_TOKENS_PER_RUN =
      Field.optional(
          "max_tokens_per_run", TOKENS, 50_000, "Most tokens that the model writes in one run.");

  static final Field<Optional<Integer>> INPUT_TOKENS_LIMIT =
      Field.nullable("input_tokens_limit", TOKENS, "Most tokens that the model reads in one run.");

  static final Field<Optional<Integer>> TOTAL_TOKENS_LIMIT =
      Field.nullable("total_tokens_limit", TOKENS, "Most tokens of one run, read and written.");

  static final Field<Optional<Integer>> PER_REQUEST_INPUT_TOKENS_LIMIT =
      Field.nullable(
          "per_request_input_tokens_limit",
          TOKENS,
          "Most tokens that the model reads in one request.");

  static final Field<Optional<Integer>> RUN_TOKEN_BUDGET =
      Field.nullable("run_token_budget", TOKENS, "Budget of one run, in tokens.");

  static final Field<Optional<Integer>> SESSION_TOKEN_BUDGET =
      Field.nullable(
          "session_token_budget", TOKENS, "Budget of an interactive session, in tokens.");

  static final Field<Optional<Double>> COST_LIMIT =
      Field.nullable(
          "cost_limit",
          Decimal.above(0),
          "Most US dollars of one run, by the prices in the user's models.yaml.");

  static final Section<Guardrails> GUARDRAILS =
      new Section<>(
              List.of(
                  TIMEOUT_SECONDS,
                  MAX_TOOL_CALLS,
                  MAX_REQUEST_LIMIT,
                  MAX_TOKENS_PER_RUN,
                  INPUT_TOKENS_LIMIT,
                  TOTAL_TOKENS_LIMIT,
                  PER_REQUEST_INPUT_TOKENS_LIMIT,
                  RUN_TOKEN_BUDGET,
                  SESSION_TOKEN_BUDGET,
                  COST_LIMIT),
              Map.of(),
              RunFields::guardrails)
          .passingOver(Unavailable.OF_DAEMONS);

  static final Field<Optional<Double>> TOOL_TIMEOUT_SECONDS =
      Field.nullable(
          "tool_timeout_seconds",
          new Decimal(0, false, MOST_SECONDS),
          "Longest one tool call in seconds, whatever the tool's own limit.");

  private static final Field<Integer> MAX_RUNNING =
      Field.required("max_running", Whole.atLeast(1, "calls"), "Most tool calls at once.", "4");

  private static final Field<Optional<Integer>> MAX_QUEUED =
      Field.nullable(
          "max_queued",
          Whole.atLeast(0, "calls"),
          "Has no effect: no call of a turn is turned away, the others wait.");

  static final Field<Optional<Integer>> MAX_CONCURRENCY =
      Field.nullable(
          "max_concurrency",
          new Counted(
              Whole.atLeast(1, "calls"),
              new Section<>(List.of(MAX_RUNNING, MAX_QUEUED), Map.of(), v -> v.get(MAX_RUNNING))),
          "Most tool calls at the same time; all that the model asks for where unset.");

  static final Field<Optional<Integer>> RETRIES =
      Field.nullable(
          "retries",
          new Whole(0, 10, "turns"),
          "How often in a row the model may try a call again that cannot be made, because there is "
              + "no such tool or its arguments are others.");

  static final Field<Integer> HTTP_RETRIES =
      Field.optional(
          "http_retries",
          new Whole(1, 10, "attempts"),
          3,
          "How often a model request is sent in all, where the failure may pass.");

  static final Field<Double> HTTP_RETRY_MAX_WAIT =
      Field.optional(
              "http_retry_max_wait",
              new Decimal(0, false, 600),
              60.0,
              "A server that wants a longer pause than so many seconds is not asked again.")
          .withExample("60");

  static final Section<Execution> EXECUTION =
      new Section<>(
              List.of(
                  TOOL_TIMEOUT_SECONDS,
                  MAX_CONCURRENCY,
                  RETRIES,
                  HTTP_RETRIES,
                  HTTP_RETRY_MAX_WAIT),
              Map.of(),
              v ->
                  new Execution(
                      v.get(TOOL_TIMEOUT_SECONDS).map(RunFields::seconds),
                      v.get(MAX_CONCURRENCY),
                      v.get(RETRIES),
                      v.get(HTTP_RETRIES),
                      seconds(v.get(HTTP_RETRY_MAX_WAIT))))
          .passingOver(Unavailable.OF_FORM);

  private RunFields() {}

  /// To the millisecond, and never none.
  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
  }

  private static Guardrails guardrails(Values values) {
    int toolCalls = values.get(MAX_TOOL_CALLS);
    return new Guardrails(
        Duration.ofSeconds(values.get(TIMEOUT_SECONDS)),
        toolCalls,
        values.get(MAX_REQUEST_LIMIT).orElseGet(() -> Guardrails.requestsFor(toolCalls)),
        new TokenLimits(
            values.get(MAX_TOKENS_PER_RUN),
            values.get(INPUT_TOKENS_LIMIT),
            values.get(TOTAL_TOKENS_LIMIT),
            values.get(PER_REQUEST_INPUT_TOKENS_LIMIT),
            values.get(RUN_TOKEN_BUDGET),
            values.get(SESSION_TOKEN_BUDGET)),
        values.get(COST_LIMIT).map(BigDecimal::valueOf).map(BigDecimal::stripTrailingZeros));
  }
}
