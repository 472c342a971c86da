package initrunner.role;

import initrunner.schema.type.Counted;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Section;
import initrunner.schema.type.Whole;
import java.time.Duration;
import java.util.Optional;

/// How a run goes about its work (`spec.execution`).
///
/// @param toolTimeout longest one tool call, also where the tool's own limit is longer; empty for
///   that alone
/// @param maxConcurrency most tool calls at the same time; empty for all that the model asks for
/// @param retries how often in a row the model may try a call again that cannot be made; empty for
///   as long as the run's limits let it
/// @param httpAttempts how often a model request is sent in all, where the failure may pass
/// @param longestHttpWait a server that wants a longer pause is not asked again
public record Execution(
    Optional<Duration> toolTimeout,
    Optional<Integer> maxConcurrency,
    Optional<Integer> retries,
    int httpAttempts,
    Duration longestHttpWait) {

  /// A day.
  private static final double MOST_SECONDS = 86_400;

  private static final Section<Integer> CONCURRENCY = Section.of(Execution::concurrency);

  static final Section<Execution> SECTION =
      Section.of(Execution::of).ignoring("output_retries end_strategy");

  public static final Execution DEFAULT = SECTION.defaults();

  private static int concurrency(Fields f) {
    int running =
        f.required("max_running", Whole.atLeast(1, "calls"), 4, "Most tool calls at once.");
    f.optional(
        "max_queued",
        Whole.atLeast(0, "calls"),
        "Has no effect: no call of a turn is turned away, the others wait.");
    return running;
  }

  /// To the millisecond, and never none.
  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
  }

  private static Execution of(Fields f) {
    return new Execution(
        f.optional(
                "tool_timeout_seconds",
                new Decimal(0, false, MOST_SECONDS),
                "Longest time of one tool call in seconds, also where the tool's own limit is longer.")
            .map(Execution::seconds),
        f.optional(
            "max_concurrency",
            new Counted(Whole.atLeast(1, "calls"), CONCURRENCY),
            "Most tool calls at the same time; all that the model asks for where unset."),
        f.optional(
            "retries",
            new Whole(0, 10, "turns"),
            "How often in a row the model may try a call again that cannot be made,"
                + " because there is no such tool or its arguments are wrong; where unset, only the guardrails"
                + " count."),
        f.get(
            "http_retries",
            new Whole(1, 10, "attempts"),
            3,
            "How often a model request is sent in all, where the failure may pass."),
        seconds(
            f.get(
                Field.of(
                        "http_retry_max_wait",
                        new Decimal(0, false, 600),
                        60.0,
                        "A server that wants a longer pause than so many seconds is not asked"
                            + " again.")
                    .withExample("60"))));
  }
}
