package initrunner.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The one text form of an instant in the audit log: UTC, ISO 8601, microseconds, `+00:00`. All the
/// same length, so that the order of the texts is the order of time. Stateless.
public final class Timestamps {

  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'+00:00'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final Pattern OWN_FORM =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}\\+00:00");

  private static final int NANOS_OF_MICRO = 1000;

  private static final String NO_FRACTION = ".000000+00:00";

  private Timestamps() {}

  /// The text of an instant.
  public static String format(Instant instant) {
    return FORM.format(instant);
  }

  /// The instant of a record; empty for what is none. Other writers have other forms.
  public static Optional<Instant> parse(String text) {
    return OWN_FORM.matcher(text).matches() ? ofOwnForm(text) : ofAnyForm(text);
  }

  /// As [#ofAnyForm], in a fraction of its time: a report reads 200,000 of them.
  private static Optional<Instant> ofOwnForm(String text) {
    try {
      LocalDateTime time =
          LocalDateTime.of(
              number(text, 0, 4),
              number(text, 5, 7),
              number(text, 8, 10),
              number(text, 11, 13),
              number(text, 14, 16),
              number(text, 17, 19),
              number(text, 20, 26) * NANOS_OF_MICRO);
      return Optional.of(time.toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  private static Optional<Instant> ofAnyForm(String text) {
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
