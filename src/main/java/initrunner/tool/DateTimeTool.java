package initrunner.tool;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// `current_time` and `parse_date`: the time by this machine's clock, and the date in a text. Runs
/// no command.
public final class DateTimeTool implements Tool {

  private static final String TIMEZONE = "timezone";
  private static final String TEXT = "text";
  private static final String FORMAT = "format";
  private static final int MOST_CHARACTERS = 200;

  private static final DateTimeFormatter READABLE =
      DateTimeFormatter.ofPattern("EEEE, MMMM dd, uuuu hh:mm:ss a zzz", Locale.ENGLISH);

  /// The functions that a role can give the model.
  public enum Function {
    CURRENT_TIME,
    PARSE_DATE
  }

  private final Function function;
  private final ZoneId defaultZone;
  private final Clock clock;

  /// @param clock of any zone
  public DateTimeTool(Function function, ZoneId defaultZone, Clock clock) {
    this.function = function;
    this.defaultZone = defaultZone;
    this.clock = clock;
  }

  @Override
  public String name() {
    return function.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String type() {
    return "datetime";
  }

  @Override
  public String description() {
    return switch (function) {
      case CURRENT_TIME ->
          "Tells the date and the time, by the clock of the machine that this agent runs on.";
      case PARSE_DATE -> "Reads a date, with or without a time, and gives it back in ISO 8601.";
    };
  }

  @Override
  public List<Parameter> parameters() {
    return switch (function) {
      case CURRENT_TIME ->
          List.of(
              Parameter.optional(
                  TIMEZONE,
                  "A name of the IANA database, such as Europe/London; "
                      + defaultZone
                      + " if left out."));
      case PARSE_DATE ->
          List.of(
              Parameter.required(TEXT, "The date, such as 2024-01-15T10:30:00."),
              Parameter.optional(
                  FORMAT, "How it is written, such as %d.%m.%Y %H:%M; ISO 8601 if left out."));
    };
  }

  @Override
  public int mostCharacters(String parameter) {
    return MOST_CHARACTERS;
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public boolean runsCommands() {
    return false;
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    return switch (function) {
      case CURRENT_TIME -> currentTime(text(arguments, TIMEZONE));
      case PARSE_DATE -> parsed(text(arguments, TEXT), text(arguments, FORMAT));
    };
  }

  private static String text(Map<String, Object> arguments, String name) {
    return arguments.get(name) instanceof String given ? given.strip() : "";
  }

  private Plan currentTime(String zone) {
    try {
      ZonedDateTime now =
          clock
              .instant()
              .truncatedTo(ChronoUnit.SECONDS)
              .atZone(zone.isEmpty() ? defaultZone : ZoneId.of(zone));
      return answered(
          WrittenDate.iso(now.toLocalDateTime(), Optional.of(now.getOffset()))
              + " ("
              + READABLE.format(now)
              + ")");
    } catch (DateTimeException e) {
      return failed(
          "Error: the timezone is unknown. Use a name of the IANA database, such as"
              + " Europe/London or UTC.");
    }
  }

  private static Plan parsed(String text, String format) {
    try {
      return answered(format.isEmpty() ? WrittenDate.ofIso(text) : WrittenDate.of(text, format));
    } catch (DateTimeException | IllegalArgumentException e) {
      return failed(
          format.isEmpty()
              ? "Error: the text is not an ISO 8601 date, such as 2024-01-15 or"
                  + " 2024-01-15T10:30:00+01:00. Say in format how it is written."
              : "Error: the text is not written as the format says, or the format has a directive"
                  + " other than "
                  + WrittenDate.DIRECTIVES
                  + ".");
    }
  }

  private static Plan answered(String text) {
    return new Plan.Answered(text, ToolResult.Status.SUCCEEDED);
  }

  private static Plan failed(String text) {
    return new Plan.Answered(text, ToolResult.Status.FAILED);
  }
}
