package initrunner.role.tools;

import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.text.Words;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;

/// `- type: datetime`.
public record DateTimeSettings(String defaultTimezone) implements ToolSettings {

  static final List<String> FUNCTIONS = Words.of("current_time parse_date");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS = List.of("timezone", "text", "format");

  private static final Text ZONE =
      Text.notBlank()
          .with(
              "is no time zone",
              "a name of the IANA database, or an offset",
              "write for example Europe/London or UTC",
              DateTimeSettings::isZone);

  public static final Section<DateTimeSettings> SECTION = Section.of(DateTimeSettings::of);

  private static boolean isZone(String name) {
    try {
      return !ZoneId.of(name).getId().isEmpty();
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static DateTimeSettings of(Fields f) {
    return new DateTimeSettings(
        f.get(
            Field.of(
                    "default_timezone",
                    ZONE,
                    "UTC",
                    "Time zone of calls that name none: a name of the IANA database, as Europe/London.")
                .withExample("UTC")));
  }

  @Override
  public String summary() {
    return "Tool datetime: tells the time, in "
        + defaultTimezone
        + " where none is named, and reads dates. It runs no command.";
  }
}
