package initrunner.cli.look;

import initrunner.audit.story.RunSummary.Spent;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Numbers for a person. Stateless.
final class Amounts {

  private static final BigDecimal DOLLAR = BigDecimal.ONE;

  private Amounts() {}

  /// As `850ms`, `12.3s`, `3m04s`, `2h05m`, `3d04h`.
  static String time(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 1) {
      return time.toMillis() + "ms";
    }
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%d.%ds", seconds, time.toMillisPart() / 100);
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60);
    }
    return seconds < 86_400
        ? String.format(Locale.ROOT, "%dh%02dm", seconds / 3600, seconds % 3600 / 60)
        : String.format(Locale.ROOT, "%dd%02dh", seconds / 86_400, seconds % 86_400 / 3600);
  }

  /// As `950`, `12.3k`, `4.5M`.
  static String count(long number) {
    if (number < 1000) {
      return Long.toString(number);
    }
    return number < 999_950
        ? String.format(Locale.ROOT, "%.1fk", number / 1e3)
        : String.format(Locale.ROOT, "%.1fM", number / 1e6);
  }

  /// As `$1.23`, `$0.0012`; `-` where no model was asked, `?` where it is unknown.
  static String cost(Spent spent) {
    Optional<BigDecimal> dollars = spent.dollars();
    if (dollars.isEmpty()) {
      return spent.model().isEmpty() ? "-" : "?";
    }
    int places = dollars.get().compareTo(DOLLAR) >= 0 ? 2 : 4;
    return "$" + dollars.get().setScale(places, RoundingMode.HALF_UP).toPlainString();
  }
}
