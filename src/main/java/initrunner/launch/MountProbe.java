package initrunner.launch;

import initrunner.exec.Command;
import initrunner.text.SafeText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Gatherers;

/// Makes directories of the paths that may be written at a place and are not there, finds what else
/// is not there, and follows the links in all of them. Stateless; each question blocks.
public final class MountProbe {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private static final String MISSING =
      "for path; do [ -e \"$path\" ] || printf '%s\\n' \"$path\"; done";

  private static final String MAKE =
      "for path; do [ -e \"$path\" ] || mkdir -p -- \"$path\" || exit 1; done";

  private static final String RESOLVE =
      "for path; do readlink -f -- \"$path\" || printf '%s\\n' \"$path\"; done";

  /// A path has at most 4096 bytes, and an answer keeps all of 16 KiB.
  private static final int PATHS_IN_AN_ANSWER = 3;

  private MountProbe() {}

  /// Makes what may be written, and looks at the rest.
  ///
  /// @return the same mounts, with sources that have no symbolic link in them; one with a line
  ///   break in its name stays as it is
  /// @param unavailable makes the exception, of a reason and a remedy
  public static List<Mount> require(
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
            "a directory of allowed_write_paths cannot be made: " + SafeText.said(made.stderr()),
            "Make it by hand, or name another.");
      }
    }
    List<String> sources = mounts.stream().map(Mount::source).toList();
    if (sources.isEmpty()) {
      return mounts;
    }
    List<String> missing = probe.ask(script(MISSING, sources), BOUND).stdout().lines().toList();
    if (!missing.isEmpty()) {
      throw unavailable.apply(
          "to be mounted, but not there: " + SafeText.said(String.join(", ", missing)),
          "Make it, or take it out of bind_mounts or allowed_read_paths.");
    }
    return resolved(mounts, probe, unavailable);
  }

  private static List<Mount> resolved(
      List<Mount> mounts,
      Probe probe,
      BiFunction<String, String, LauncherUnavailableException> unavailable) {
    List<String> asked =
        mounts.stream().map(Mount::source).filter(MountProbe::isOneLine).distinct().toList();
    Map<String, String> real = new HashMap<>();
    for (List<String> some :
        asked.stream().gather(Gatherers.windowFixed(PATHS_IN_AN_ANSWER)).toList()) {
      List<String> answer = probe.ask(script(RESOLVE, some), BOUND).stdout().lines().toList();
      if (answer.size() != some.size()) {
        throw unavailable.apply(
            "where these lead to is not told: " + String.join(", ", some),
            "Name directories whose real paths have no line break in them.");
      }
      for (int i = 0; i < some.size(); i++) {
        real.put(some.get(i), answer.get(i));
      }
    }
    requireNoLinks(real, probe, unavailable);
    return mounts.stream()
        .map(mount ->
            new Mount(
                real.getOrDefault(mount.source(), mount.source()), mount.target(), mount.access()))
        .toList();
  }

  /// A call of an earlier start may have made a link of what lies where it could write.
  private static void requireNoLinks(
      Map<String, String> real,
      Probe probe,
      BiFunction<String, String, LauncherUnavailableException> unavailable) {
    String start = probe.ask(Command.of("pwd", "-P"), BOUND).stdout().strip() + "/";
    real.forEach((named, really) -> {
      if (named.startsWith(start) && !really.equals(Path.of(named).normalize().toString())) {
        throw unavailable.apply(
            "'"
                + named
                + "' is to be mounted, lies where commands can write, and leads elsewhere by a"
                + " symbolic link",
            "Look at what made it one; then name what it leads to, or a directory that commands"
                + " cannot write to.");
      }
    });
  }

  private static boolean isOneLine(String path) {
    return path.indexOf('\n') < 0;
  }

  private static Command script(String script, List<String> arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(arguments);
    return Command.of("sh").withArgv(argv);
  }
}
