package initrunner.role;

import initrunner.schema.type.Counted;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Section;
import initrunner.schema.type.Whole;
import java.time.Duration;
import java.util.Optional;

/// Time limits, concurrency and retries of tool calls and model requests (`spec.execution`).
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
        "Has no effect: further calls of a turn always wait.");
    return running;
  }

  /// Rounded to milliseconds, at least one.
  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
  }

  private static Execution of(Fields f) {
    return new Execution(
        f.optional(
                "tool_timeout_seconds",
                new Decimal(0, false, MOST_SECONDS),
                "Longest time of one tool call in seconds, even if the tool's own limit is longer.")
            .map(Execution::seconds),
        f.optional(
            "max_concurrency",
            new Counted(Whole.atLeast(1, "calls"), CONCURRENCY),
            "Most tool calls at the same time; no limit if unset."),
        f.optional(
            "retries",
            new Whole(0, 10, "turns"),
            "How many turns in a row may repeat a call that cannot be made (no such tool, or"
                + " wrong arguments); if unset, only the guardrails limit it."),
        f.get(
            "http_retries",
            new Whole(1, 10, "attempts"),
            3,
            "Most attempts of a model request whose failure may pass, the first included."),
        seconds(
            f.get(
                Field.of(
                        "http_retry_max_wait",
                        new Decimal(0, false, 600),
                        60.0,
                        "Longest pause in seconds that a server may ask for; after a longer one"
                            + " the request fails.")
                    .withExample("60"))));
  }
}
