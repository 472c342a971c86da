package initrunner.launch;

/// The line that stands in the error output before all that a command writes, once it is about to
/// be started. Where it is missing, what there is of error output is what the launcher's program
/// had to say, and nothing was started. Immutable.
///
/// @param mark a line that neither that program nor a login prints by chance
public record Opening(String mark) {

  /// Nothing that might imitate it comes before it, so it is the same for all.
  public static final Opening OF_ALL = new Opening("@initrunner-begin");

  /// A line of a POSIX shell that writes it.
  public String script() {
    return "printf '%s\\n' " + mark + " >&2";
  }
}
