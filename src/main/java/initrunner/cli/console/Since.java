package initrunner.cli.console;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A point in time as people type it: an age, a date, or a date and time.
///
/// Without an offset it is UTC, as the times in the audit log are.
public final class Since {

  public static final String ALLOWED =
      "a time ago as 15m, 2h or 7d, or in UTC a date as 2026-01-31 or a date and time as"
          + " 2026-01-31T08:30 or, with its offset, 2026-01-31T08:30:00+02:00";

  private static final Pattern AGO = Pattern.compile("(\\d{1,7})([smhdw])");

  private Since() {}

  /// The instant of a text.
  ///
  /// @throws IllegalArgumentException if the text has none of the forms in [#ALLOWED]
  public static Instant parse(String text, Clock clock) {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      return clock.instant().minus(unit(ago.group(2)).multipliedBy(Long.parseLong(ago.group(1))));
    }
    try {
      return instant(text.replaceFirst("^(\\S{10}) ", "$1T"));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "': allowed is " + ALLOWED, e);
    }
  }

  private static Instant instant(String text) {
    if (!text.contains("T")) {
      return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
    }
    TemporalAccessor time =
        DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
    return time instanceof LocalDateTime local
        ? local.toInstant(ZoneOffset.UTC)
        : Instant.from(time);
  }

  private static Duration unit(String letter) {
    return switch (letter) {
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      case "d" -> Duration.ofDays(1);
      default -> Duration.ofDays(7);
    };
  }
}
