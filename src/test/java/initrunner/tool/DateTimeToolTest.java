package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.tool.DateTimeTool.Function;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateTimeToolTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-01-15T15:30:00.123456Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|2024-01-15T16:30:00+01:00 (Monday, January 15, 2024 04:30:00 PM CET)",
        "UTC|2024-01-15T15:30:00+00:00 (Monday, January 15, 2024 03:30:00 PM UTC)",
        "US/Eastern|2024-01-15T10:30:00-05:00 (Monday, January 15, 2024 10:30:00 AM EST)",
      })
  void theTimeIsToldInTheZoneThatIsAskedFor(String zone, String text) {
    assertThat(answer(Function.CURRENT_TIME, Map.of("timezone", zone)))
        .isEqualTo(new Plan.Answered(text, ToolResult.Status.SUCCEEDED));
  }

  @Test
  void theTimeIsToldInTheRolesZoneWhereNoneIsNamed() {
    assertThat(text(Function.CURRENT_TIME, Map.of())).startsWith("2024-01-15T16:30:00+01:00 (");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2024-01-15||2024-01-15T00:00:00",
        "2024-01-15T10:30||2024-01-15T10:30:00",
        "2024-01-15 10:30:00||2024-01-15T10:30:00",
        "2024-01-15T10:30:00.5||2024-01-15T10:30:00.500000",
        "2024-01-15T10:30:00Z||2024-01-15T10:30:00+00:00",
        "2024-01-15T10:30:00+05:30||2024-01-15T10:30:00+05:30",
        "20240115||2024-01-15T00:00:00",
        "2024-W03-1||2024-01-15T00:00:00",
        "15.01.2024 10:30|%d.%m.%Y %H:%M|2024-01-15T10:30:00",
        "1/5/24|%m/%d/%y|2024-01-05T00:00:00",
        "Jan 15, 2024|%b %d, %Y|2024-01-15T00:00:00",
        "monday, 15 january 2024|%A, %d %B %Y|2024-01-15T00:00:00",
        "03:05 PM|%I:%M %p|1900-01-01T15:05:00",
        "03:05|%I:%M|1900-01-01T03:05:00",
        "12:05|%I:%M|1900-01-01T00:05:00",
        "30:05|%M:%S|1900-01-01T00:30:05",
        "05.25|%S.%f|1900-01-01T00:00:05.250000",
        "10 0.5|%H 0.%f|1900-01-01T10:00:00.500000",
        "12:00 Z|%H:%M %z|1900-01-01T12:00:00+00:00",
        "12:00 +05:30|%H:%M %z|1900-01-01T12:00:00+05:30",
        "2024-015|%Y-%j|2024-01-15T00:00:00",
        "2024-01-15 10:30:00.123456 +0200|%Y-%m-%d %H:%M:%S.%f %z|2024-01-15T10:30:00.123456+02:00",
        "100% 2024|100%% %Y|2024-01-01T00:00:00",
      })
  void aDateIsGivenBackInIso(String text, String format, String iso) {
    assertThat(
            text(Function.PARSE_DATE, Map.of("text", text, "format", format == null ? "" : format)))
        .isEqualTo(iso);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tomorrow", "2024-13-01", "2024-02-30", "15.01.2024", "T10:30", "%"})
  void whatIsNoDateIsAnAnswerThatSaysHowOneLooks(String text) {
    assertThat(answer(Function.PARSE_DATE, Map.of("text", text)))
        .isInstanceOfSatisfying(
            Plan.Answered.class,
            answered -> {
              assertThat(answered.status()).isEqualTo(ToolResult.Status.FAILED);
              assertThat(answered.text()).startsWith("Error: the text is not an ISO 8601 date");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%Q", "%Y-%", "%H:%M", "%Y-%m-%d %H", "%Y-%m-%d%z", "['%Y'", "%Z"})
  void aFormatThatIsNoneOrDoesNotMeetTheTextIsAnAnswerToo(String format) {
    assertThat(text(Function.PARSE_DATE, Map.of("text", "2024-01-15", "format", format)))
        .startsWith("Error: the text is not written as the format says");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Nowhere/Land", "+99:00", "a b", "../etc"})
  void aTimeZoneThatIsNotKnownIsAnAnswerThatSaysSo(String zone) {
    assertThat(text(Function.CURRENT_TIME, Map.of("timezone", zone)))
        .startsWith("Error: the timezone is unknown");
  }

  private static String text(Function function, Map<String, Object> arguments) {
    return ((Plan.Answered) answer(function, arguments)).text();
  }

  private static Plan answer(Function function, Map<String, Object> arguments) {
    return new DateTimeTool(function, ZoneId.of("Europe/Paris"), CLOCK).plan(arguments);
  }
}
