package initrunner.role;

import java.util.List;

/// `- type: datetime`.
///
/// @param defaultTimezone the time zone of calls that name none, as `Europe/London`
public record DateTimeSettings(String defaultTimezone) implements ToolSettings {

  /// What its functions take.
  public static final List<String> PARAMETERS = List.of("timezone", "text", "format");
}
