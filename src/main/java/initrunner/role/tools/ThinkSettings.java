package initrunner.role.tools;

import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.Section;
import java.util.List;

/// `- type: think`.
public record ThinkSettings(boolean critique) implements ToolSettings {

  static final List<String> FUNCTIONS = List.of("think");

  /// The parameters of its function.
  public static final List<String> PARAMETERS = List.of("thought");

  public static final Section<ThinkSettings> SECTION =
      Section.of(ThinkSettings::of).ignoring("max_thoughts");

  private static ThinkSettings of(Fields f) {
    return new ThinkSettings(
        f.get("critique", new Flag(), false, "Whether each answer asks what may be wrong."));
  }

  @Override
  public String summary() {
    return "Tool think: takes a thought and runs no command.";
  }
}
