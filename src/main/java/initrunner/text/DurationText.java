package initrunner.text;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Lengths of time as people type them: `30s`, `500ms`, `2m`, `1h30m`, or plain seconds.
public final class DurationText {

  private static final Pattern WHOLE = Pattern.compile("(?:\\d{1,9}(?:ms|[smhd]))+|\\d{1,9}");
  private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|[smhd])?");

  private static final Duration LONGEST = Duration.ofDays(365);

  private DurationText() {}

  /// Reads one length of time: more than zero, at most a year.
  ///
  /// @throws IllegalArgumentException with the value and what is allowed
  public static Duration parse(String text) {
    Duration sum = Duration.ZERO;
    if (WHOLE.matcher(text).matches()) {
      Matcher part = PART.matcher(text);
      while (part.find()) {
        sum = sum.plus(part(Long.parseLong(part.group(1)), part.group(2)));
      }
    }
    if (sum.isZero()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a length of time greater than zero, such as 30s, 500ms, 2m, 1h30m"
              + " or 30 (seconds)");
    }
    if (sum.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is longer than " + LONGEST.toDays() + "d, which is the most");
    }
    return sum;
  }

  /// The exact number of seconds, such as `0.5`.
  public static String seconds(Duration duration) {
    BigDecimal exact =
        BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
    return exact.stripTrailingZeros().toPlainString();
  }

  private static Duration part(long amount, @Nullable String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      case "d" -> Duration.ofDays(amount);
      case null, default -> Duration.ofSeconds(amount);
    };
  }
}
