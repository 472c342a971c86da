package initrunner.launch;

/// The line that a launcher's script writes to the error output just before it starts the command.
/// If it is missing, nothing was started, and the error output is the launcher's own. Immutable.
///
/// @param mark a line that neither the launcher's program nor a login prints by chance
public record Opening(String mark) {

  /// It is the same for all calls: no command runs before it that could imitate it.
  public static final Opening OF_ALL = new Opening("@initrunner-begin");

  /// The shell command that writes it.
  public String script() {
    return "printf '%s\\n' " + mark + " >&2";
  }
}
