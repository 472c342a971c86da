package initrunner.role;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `- type: python`.
///
/// @param workingDir where code starts, on the machine where it runs
/// @param timeout of one call
/// @param maxOutputBytes of the text that goes back to the model
/// @param networkDisabled whether Python's own sockets are refused; what the code starts is not
///   held back by it
public record PythonSettings(
    Optional<String> workingDir, Duration timeout, int maxOutputBytes, boolean networkDisabled)
    implements ToolSettings {

  /// What its functions take.
  public static final List<String> PARAMETERS = List.of("code");
}
