package initrunner.audit;

import static java.time.format.DateTimeFormatter.ISO_LOCAL_DATE;
import static java.time.temporal.ChronoField.HOUR_OF_DAY;
import static java.time.temporal.ChronoField.MINUTE_OF_HOUR;
import static java.time.temporal.ChronoField.NANO_OF_SECOND;
import static java.time.temporal.ChronoField.SECOND_OF_MINUTE;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/// The one text form of an instant in the database: UTC, ISO 8601, microseconds, `+00:00`. All the
/// same length, so that the order of the texts is the order of time.
final class Timestamps {

  private static final DateTimeFormatter FORM =
      new DateTimeFormatterBuilder()
          .append(ISO_LOCAL_DATE)
          .appendLiteral('T')
          .appendValue(HOUR_OF_DAY, 2)
          .appendLiteral(':')
          .appendValue(MINUTE_OF_HOUR, 2)
          .appendLiteral(':')
          .appendValue(SECOND_OF_MINUTE, 2)
          .appendFraction(NANO_OF_SECOND, 6, 6, true)
          .appendLiteral("+00:00")
          .toFormatter(Locale.ROOT);

  private static final String NO_FRACTION = ".000000+00:00";

  private Timestamps() {}

  static String format(Instant instant) {
    return FORM.format(instant.atOffset(ZoneOffset.UTC));
  }

  /// The instant of a record; empty for what is none. Other writers have other forms.
  static Optional<Instant> parse(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /// The least text that a record of this instant or later can have. Other writers leave the
  /// fraction out when it is zero, and such a text sorts before one with a fraction.
  static String lowerBound(Instant instant) {
    String text = format(instant);
    return text.endsWith(NO_FRACTION)
        ? text.substring(0, text.length() - NO_FRACTION.length())
        : text;
  }
}
