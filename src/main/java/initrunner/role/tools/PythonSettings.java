package initrunner.role.tools;

import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.Section;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `- type: python`.
///
/// @param networkDisabled whether Python's own sockets are refused; programs that the code starts
///   are not affected
public record PythonSettings(
    Optional<String> workingDir, Duration timeout, int maxOutputBytes, boolean networkDisabled)
    implements ToolSettings {

  static final List<String> FUNCTIONS = List.of("run_python");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS = List.of("code");

  public static final Section<PythonSettings> SECTION = Section.of(PythonSettings::of);

  /// One where no key is written.
  public static final PythonSettings DEFAULT = SECTION.defaults();

  private static PythonSettings of(Fields f) {
    return new PythonSettings(
        ToolFields.workingDir(f),
        ToolFields.timeout(f),
        ToolFields.maxOutputBytes(f),
        f.get("network_disabled", new Flag(), true, "Whether Python's own sockets are refused."));
  }

  @Override
  public String summary() {
    return "Tool python: any code"
        + (networkDisabled
            ? ", without Python's own network sockets (programs that it starts have them)."
            : ".")
        + ToolFields.summary(workingDir, timeout, maxOutputBytes);
  }

  @Override
  public Optional<String> directory() {
    return workingDir;
  }
}
