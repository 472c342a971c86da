package initrunner.launch;

import initrunner.exec.Command;
import initrunner.text.SafeText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Gatherers;

/// Makes missing directories of writable paths on a host, finds other paths that are missing, and
/// follows the links in all of them. Stateless; each question blocks.
public final class MountProbe {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private static final ShellScript MISSING =
      new ShellScript("for path; do [ -e \"$path\" ] || printf '%s\\n' \"$path\"; done");

  private static final ShellScript MAKE =
      new ShellScript("for path; do [ -e \"$path\" ] || mkdir -p -- \"$path\" || exit 1; done");

  private static final ShellScript RESOLVE =
      new ShellScript("for path; do readlink -f -- \"$path\" || printf '%s\\n' \"$path\"; done");

  /// A path has at most 4096 bytes, and an answer keeps all of 16 KiB.
  private static final int PATHS_IN_AN_ANSWER = 3;

  private MountProbe() {}

  /// Makes the missing directories, and requires that all other paths exist.
  ///
  /// @param unavailable makes the exception, of a reason and a remedy
  /// @return the same mounts, with sources that have no symbolic link in them; one with a line
  ///   break in its name stays as it is
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
      Probe.Answer made = probe.ask(MAKE.command(toMake), BOUND);
      if (made.status() != 0) {
        throw unavailable.apply(
            "a directory of allowed_write_paths cannot be made" + made.because(),
            "Make it by hand, or name another.");
      }
    }
    List<String> sources = mounts.stream().map(Mount::source).toList();
    if (sources.isEmpty()) {
      return mounts;
    }
    List<String> missing = probe.ask(MISSING.command(sources), BOUND).stdout().lines().toList();
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
      List<String> answer = probe.ask(RESOLVE.command(some), BOUND).stdout().lines().toList();
      if (answer.size() != some.size()) {
        throw unavailable.apply(
            "the host does not say where these lead to: " + String.join(", ", some),
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

  /// A command of an earlier run may have made such a link in a directory that it could write to.
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
            "Find out what made the link; then name the path that it leads to, or a directory that"
                + " commands cannot write to.");
      }
    });
  }

  private static boolean isOneLine(String path) {
    return path.indexOf('\n') < 0;
  }
}
