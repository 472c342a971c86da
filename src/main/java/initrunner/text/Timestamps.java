package initrunner.text;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/// The one text form of an instant in the audit log: UTC, ISO 8601, microseconds, `+00:00`. All the
/// same length, so that the order of the texts is the order of time. Stateless.
public final class Timestamps {

  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'+00:00'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final String NO_FRACTION = ".000000+00:00";

  private Timestamps() {}

  /// The text of an instant.
  public static String format(Instant instant) {
    return FORM.format(instant);
  }

  /// The instant of a record; empty for what is none. Other writers have other forms.
  public static Optional<Instant> parse(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /// The least text that a record of this instant or later can have. Other writers leave the
  /// fraction out when it is zero, and such a text sorts before one with a fraction.
  public static String lowerBound(Instant instant) {
    String text = format(instant);
    return text.endsWith(NO_FRACTION)
        ? text.substring(0, text.length() - NO_FRACTION.length())
        : text;
  }
}
