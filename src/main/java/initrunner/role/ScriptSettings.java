package initrunner.role;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `- type: script`.
///
/// @param scripts at least one, each with a name of its own
/// @param interpreter of the scripts that name none
/// @param timeout of the scripts that name none
/// @param maxOutputBytes of the text that goes back to the model
/// @param workingDir where scripts start, on the machine where they run
public record ScriptSettings(
    List<Script> scripts,
    String interpreter,
    Duration timeout,
    int maxOutputBytes,
    Optional<String> workingDir)
    implements ToolSettings {

  /// One script: a function that the model may call.
  ///
  /// @param parameters each a variable of the script, under its name in upper case
  /// @param allowedCommands base names with which the lines of the body may begin; empty allows all
  public record Script(
      String name,
      String description,
      String body,
      Optional<String> interpreter,
      List<Parameter> parameters,
      Optional<Duration> timeout,
      List<String> allowedCommands) {

    public Script {
      parameters = List.copyOf(parameters);
      allowedCommands = List.copyOf(allowedCommands);
    }
  }

  /// One parameter of a script.
  ///
  /// @param fallback its value where the model gives none
  public record Parameter(String name, String description, boolean required, String fallback) {}

  public ScriptSettings {
    scripts = List.copyOf(scripts);
  }
}
