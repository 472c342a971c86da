package initrunner.launch;

import initrunner.exec.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/// Makes directories of the paths that may be written at a place and are not there, and finds what
/// else is not there. Stateless; each question blocks.
final class MountProbe {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private static final String MISSING =
      "for path; do [ -e \"$path\" ] || printf '%s\\n' \"$path\"; done";

  private static final String MAKE =
      "for path; do [ -e \"$path\" ] || mkdir -p -- \"$path\" || exit 1; done";

  private MountProbe() {}

  /// @param unavailable makes the exception, of a reason and a remedy
  static void require(
      List<Mount> mounts,
      Probe probe,
      BiFunction<String, String, LauncherUnavailableException> unavailable) {
    List<String> toMake =
        mounts.stream()
            .filter(mount -> mount.access() == Mount.Access.READ_WRITE)
            .filter(mount -> mount.source().equals(mount.target()))
            .map(Mount::source)
            .toList();
    if (!toMake.isEmpty()) {
      Probe.Answer made = probe.ask(script(MAKE, toMake), BOUND);
      if (made.status() != 0) {
        throw unavailable.apply(
            "a directory of allowed_write_paths cannot be made: "
                + made.stderr().strip().replaceAll("\\R+", "; "),
            "Make it by hand, or name another.");
      }
    }
    List<String> sources = mounts.stream().map(Mount::source).toList();
    if (sources.isEmpty()) {
      return;
    }
    List<String> missing = probe.ask(script(MISSING, sources), BOUND).stdout().lines().toList();
    if (!missing.isEmpty()) {
      throw unavailable.apply(
          "to be mounted, but not there: " + String.join(", ", missing),
          "Make it, or take it out of bind_mounts or allowed_read_paths.");
    }
  }

  private static Command script(String script, List<String> arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(arguments);
    return Command.of("sh").withArgv(argv);
  }
}
