package initrunner.cli.files;

import java.time.Duration;
import java.util.Locale;

/// Amounts as a person reads them. Stateless.
final class AmountText {

  private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
  private static final int STEP = 1000;

  /// The first unit of which a tenth is much.
  private static final int LARGE = 3;

  private AmountText() {}

  /// `812 bytes`, `39.0 MB`.
  static String bytes(long bytes) {
    int unit = unit(bytes);
    return bytes == 1 ? "1 byte" : number(bytes, unit) + " " + UNITS[unit];
  }

  /// `17.2 of 39.0 MB`.
  static String bytesOf(long done, long all) {
    int unit = unit(all);
    return number(done, unit) + " of " + number(all, unit) + " " + UNITS[unit];
  }

  private static int unit(long bytes) {
    int unit = 0;
    // what would be written as 1000.0 of one unit is 1.0 of the next
    for (double rest = bytes; rest >= STEP - 0.05 && rest >= 1; rest /= STEP) {
      unit++;
    }
    return bytes < STEP ? 0 : Math.max(1, unit);
  }

  private static String number(long bytes, int unit) {
    return unit == 0
        ? Long.toString(bytes)
        : String.format(Locale.ROOT, unit < LARGE ? "%.1f" : "%.2f", bytes / Math.pow(STEP, unit));
  }

  /// `1 file`, `5,000 files`.
  ///
  /// @param what one of them
  static String count(long number, String what) {
    String plural = what.endsWith("y") ? what.substring(0, what.length() - 1) + "ies" : what + "s";
    return String.format(Locale.ROOT, "%,d ", number) + (number == 1 ? what : plural);
  }

  /// `0.3 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
  static String time(Duration time) {
    long seconds = Math.round(time.toMillis() / 1000.0);
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }
    return wholeTime(seconds);
  }

  /// `3 s`, `3 min 20 s`, `2 h 5 min`.
  static String wholeTime(long seconds) {
    long minutes = seconds / 60;
    if (minutes == 0) {
      return seconds + " s";
    }
    return minutes < 60
        ? minutes + " min " + seconds % 60 + " s"
        : minutes / 60 + " h " + minutes % 60 + " min";
  }
}
