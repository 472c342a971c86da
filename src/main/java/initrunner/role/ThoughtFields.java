package initrunner.role;

import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The declarations of `- type: datetime` and `- type: think`, which run no command anywhere.
final class ThoughtFields {

  static final Field<String> DEFAULT_TIMEZONE =
      Field.optional(
              "default_timezone",
              Text.notBlank()
                  .with(
                      new Rule<>(
                          "is no time zone",
                          "a name of the IANA database, or an offset",
                          "write for example Europe/London or UTC",
                          ThoughtFields::isZone)),
              "UTC",
              "The time zone of calls that name none.")
          .withExample("UTC");

  static final Section<DateTimeSettings> DATETIME =
      new Section<>(
          List.of(ToolFields.type("datetime"), DEFAULT_TIMEZONE),
          Map.of(),
          v -> new DateTimeSettings(v.get(DEFAULT_TIMEZONE)));

  static final Field<Boolean> CRITIQUE =
      Field.optional("critique", new Flag(), false, "Whether each answer asks what may be wrong.");

  static final Section<ThinkSettings> THINK =
      new Section<>(
              List.of(ToolFields.type("think"), CRITIQUE),
              Map.of(),
              v -> new ThinkSettings(v.get(CRITIQUE)))
          .passingOver(Set.of("max_thoughts"));

  private ThoughtFields() {}

  private static boolean isZone(String name) {
    try {
      return !ZoneId.of(name).getId().isEmpty();
    } catch (DateTimeException e) {
      return false;
    }
  }
}
