package initrunner.role;

import java.util.List;

/// `- type: think`.
///
/// @param critique whether each answer asks what may be wrong
public record ThinkSettings(boolean critique) implements ToolSettings {

  /// What its function takes.
  public static final List<String> PARAMETERS = List.of("thought");
}
