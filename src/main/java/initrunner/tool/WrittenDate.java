package initrunner.tool;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.format.SignStyle;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.Optional;

/// Dates as people write them, read by ISO 8601 or by a format of `strptime(3)`. Stateless.
final class WrittenDate {

  /// The directives that a format may hold.
  static final String DIRECTIVES = "%Y %y %m %d %j %H %I %p %M %S %f %b %B %a %A %z %%";

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendOptional(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendOptional(DateTimeFormatter.ISO_WEEK_DATE)
          .appendOptional(DateTimeFormatter.BASIC_ISO_DATE)
          .optionalStart()
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffset("+HH:MM:ss", "Z")
          .optionalEnd()
          .optionalEnd()
          .toFormatter(Locale.ENGLISH)
          .withResolverStyle(ResolverStyle.STRICT);

  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS", Locale.ENGLISH);
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ENGLISH);

  /// Stands for the year, month or day that a format lacks.
  private static final LocalDate FIRST = LocalDate.of(1900, 1, 1);

  private WrittenDate() {}

  /// @throws DateTimeException if the text is not such a date
  static String ofIso(String text) {
    TemporalAccessor parsed = ISO.parse(text);
    if (parsed.query(TemporalQueries.localDate()) == null) {
      throw new DateTimeException("no date");
    }
    return iso(parsed);
  }

  /// @throws DateTimeException if the text does not follow the format
  /// @throws IllegalArgumentException if the format is invalid
  static String of(String text, String format) {
    DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder().parseCaseInsensitive();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        builder.appendLiteral(c);
      } else if (i + 1 < format.length()) {
        i++;
        append(builder, format.charAt(i));
      } else {
        throw new IllegalArgumentException("a format that ends with %");
      }
    }
    addDefaults(builder, format);
    return iso(
        builder.toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT).parse(text));
  }

  /// A missing part of a time is 0, and an hour of twelve without `%p` is before noon, as in
  /// `strptime(3)`.
  private static void addDefaults(DateTimeFormatterBuilder builder, String format) {
    String directives = format.replace("%%", "");
    if (directives.contains("%I") && !directives.contains("%p")) {
      builder.parseDefaulting(ChronoField.AMPM_OF_DAY, 0);
    } else if (!directives.contains("%I") && !directives.contains("%p")) {
      builder.parseDefaulting(ChronoField.HOUR_OF_DAY, 0);
    }
    builder
        .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
        .parseDefaulting(ChronoField.SECOND_OF_MINUTE, 0);
  }

  private static void append(DateTimeFormatterBuilder builder, char directive) {
    switch (directive) {
      case 'Y' -> builder.appendValue(ChronoField.YEAR, 4);
      case 'y' -> builder.appendValueReduced(ChronoField.YEAR, 2, 2, 1969);
      case 'm' -> number(builder, ChronoField.MONTH_OF_YEAR);
      case 'd' -> number(builder, ChronoField.DAY_OF_MONTH);
      case 'j' -> builder.appendValue(ChronoField.DAY_OF_YEAR, 3);
      case 'H' -> number(builder, ChronoField.HOUR_OF_DAY);
      case 'I' -> number(builder, ChronoField.CLOCK_HOUR_OF_AMPM);
      case 'p' -> builder.appendText(ChronoField.AMPM_OF_DAY);
      case 'M' -> number(builder, ChronoField.MINUTE_OF_HOUR);
      case 'S' -> number(builder, ChronoField.SECOND_OF_MINUTE);
      case 'f' -> builder.appendFraction(ChronoField.NANO_OF_SECOND, 1, 6, false);
      case 'b' -> builder.appendText(ChronoField.MONTH_OF_YEAR, TextStyle.SHORT);
      case 'B' -> builder.appendText(ChronoField.MONTH_OF_YEAR, TextStyle.FULL);
      case 'a' -> builder.appendText(ChronoField.DAY_OF_WEEK, TextStyle.SHORT);
      case 'A' -> builder.appendText(ChronoField.DAY_OF_WEEK, TextStyle.FULL);
      case 'z' -> builder.parseLenient().appendOffset("+HH", "Z").parseStrict();
      case '%' -> builder.appendLiteral('%');
      default -> throw new IllegalArgumentException("an unknown directive");
    }
  }

  private static void number(DateTimeFormatterBuilder builder, ChronoField field) {
    builder.appendValue(field, 1, 2, SignStyle.NOT_NEGATIVE);
  }

  private static String iso(TemporalAccessor parsed) {
    LocalDate date =
        Optional.ofNullable(parsed.query(TemporalQueries.localDate()))
            .orElseGet(() ->
                LocalDate.of(
                    part(parsed, ChronoField.YEAR),
                    part(parsed, ChronoField.MONTH_OF_YEAR),
                    part(parsed, ChronoField.DAY_OF_MONTH)));
    LocalTime time =
        Optional.ofNullable(parsed.query(TemporalQueries.localTime())).orElse(LocalTime.MIDNIGHT);
    return iso(
        LocalDateTime.of(date, time), Optional.ofNullable(parsed.query(TemporalQueries.offset())));
  }

  private static int part(TemporalAccessor parsed, ChronoField field) {
    return parsed.isSupported(field) ? parsed.get(field) : FIRST.get(field);
  }

  /// In ISO 8601, with microseconds if they are not 0.
  static String iso(LocalDateTime time, Optional<ZoneOffset> offset) {
    String local =
        (time.equals(time.truncatedTo(ChronoUnit.SECONDS)) ? SECONDS : MICROSECONDS).format(time);
    return local + offset.map(at -> at.equals(ZoneOffset.UTC) ? "+00:00" : at.getId()).orElse("");
  }
}
