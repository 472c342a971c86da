package initrunner.runtime.confine;

import initrunner.exec.Command;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import initrunner.launch.Probe;
import initrunner.text.PackagedText;
import initrunner.text.SafeText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Paths that contained commands could replace by a symbolic link, so that a later command would
/// get the link's target: mounts and start directories below a directory that commands may write
/// to. Safe for many threads.
///
/// Between the check and the start of a command, another command could still replace them. So a
/// directory that commands may write to should hold no mount.
public final class MovedPaths {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private static final String WHERE =
      "pwd -P; printf '%s\\n' \"$HOME\"; { cd && pwd -P; } || printf '%s\\n' \"$HOME\"";

  private static final String LOOK = PackagedText.read(MovedPaths.class, "unmoved.sh");

  private final Probe probe;
  private final SandboxHost place;
  private final Path home;
  private final GivenDirectories given;
  private final Path directory;
  private final List<Path> writable;
  private final List<String> mounts;

  /// Start directories of a host that hold no program of its `PATH`.
  private final Set<String> withoutPrograms = ConcurrentHashMap.newKeySet();

  private MovedPaths(
      Probe probe, GivenDirectories given, Path directory, Path home, List<Mount> mounts) {
    this.probe = probe;
    this.place = given.place();
    this.home = home;
    this.given = given;
    this.directory = directory;
    this.writable = new ArrayList<>(List.of(directory));
    mounts.stream()
        .filter(mount -> mount.access() == Mount.Access.READ_WRITE)
        .map(mount -> Path.of(mount.source()))
        .forEach(writable::add);
    this.mounts =
        mounts.stream()
            .map(Mount::source)
            .distinct()
            .filter(source -> isBelowWritable(Path.of(source)))
            .toList();
    given.requireStart(place.directory(), directory);
    mounts.forEach(given::requireMount);
  }

  /// The paths of a launcher that isolates; empty for another. Blocks for the host's answer.
  ///
  /// @throws LauncherUnavailableException if the host does not tell the start directory, or
  ///   commands would get a directory that they must not
  /// @throws TransportException if the host cannot be asked
  public static Optional<MovedPaths> of(SandboxHost place, Launcher launcher, Probe probe) {
    return launcher
        .mounts()
        .map(mounts -> {
          Probe.Answer answer = probe.ask(Command.of("sh", "-c", WHERE), BOUND);
          List<String> lines = answer.stdout().lines().toList();
          if (answer.status() != 0 || lines.size() != 3 || !lines.getFirst().startsWith("/")) {
            throw new LauncherUnavailableException(
                "the host does not tell the real path of the directory in which commands start: "
                    + SafeText.said(answer.stderr()),
                "Name a directory that the account can read and whose path has no line break in it.");
          }
          boolean isHost = place.host().isPresent();
          String home = isHost ? lines.get(1) : System.getProperty("user.home");
          Path real = isHost ? Path.of(lines.getLast()) : real(Path.of(home));
          return new MovedPaths(
              probe,
              new GivenDirectories(place, real),
              Path.of(lines.getFirst()),
              Path.of(home),
              mounts);
        });
  }

  /// Checks that each path for a command is unchanged. Blocks for the host's answer, if a path
  /// could have been replaced.
  ///
  /// @param ownDirectory the command's own start directory, if it has one
  /// @throws LauncherUnavailableException if a path has changed or cannot be checked
  /// @throws TransportException if the host cannot be asked
  public void requireUnmoved(Optional<String> ownDirectory) {
    Optional<String> named = place.directoryOf(ownDirectory);
    Path start = absolute(named);
    Path realStart = expected(start);
    given.requireStart(named, place.host().isPresent() ? realStart : real(realStart));
    boolean startsBelow = isBelowWritable(realStart);
    if (!startsBelow && !writable.contains(realStart)) {
      requireNoPrograms(start.toString());
    }
    if (!startsBelow && mounts.isEmpty()) {
      return;
    }
    List<String> argv = new ArrayList<>(List.of("sh", "-c", LOOK, "sh"));
    argv.addAll(startsBelow ? List.of(start.toString(), realStart.toString()) : List.of("", ""));
    argv.addAll(mounts);
    Probe.Answer answer = probe.ask(Command.of("sh").withArgv(argv), BOUND);
    if (answer.status() == 0) {
      return;
    }
    if (answer.stdout().isBlank()) {
      throw new LauncherUnavailableException(
          "the paths that the command would get cannot be checked (status "
              + answer.status()
              + "): "
              + SafeText.said(answer.stderr()),
          "Run initrunner doctor to examine the host.");
    }
    throw new LauncherUnavailableException(
        "'"
            + SafeText.said(answer.stdout())
            + "' is no longer the directory that it was when the sandbox was prepared:"
            + " something moved it, or made it a link",
        "Check it, restore it, and start again; name a directory outside of the one that"
            + " commands may write to.");
  }

  /// A start directory that the preparation did not check.
  private void requireNoPrograms(String start) {
    if (!withoutPrograms.contains(start)) {
      HostSearchPath.requireOutside(List.of(start), probe);
      withoutPrograms.add(start);
    }
  }

  /// On this machine. A missing path is left to the start, which fails for it.
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException notThere) {
      return path;
    }
  }

  private Path absolute(Optional<String> path) {
    return absolute(home, path);
  }

  /// The absolute path on the host.
  public static Path absolute(Path home, Optional<String> path) {
    String text = path.orElse("~");
    return text.equals("~") || text.startsWith("~/")
        ? Path.of(home + text.substring(1))
        : home.resolve(text);
  }

  /// Where a start directory must be: no link below the sandbox's directory leads elsewhere.
  private Path expected(Path start) {
    Path named = absolute(place.directory());
    return (start.startsWith(named) ? directory.resolve(named.relativize(start)) : start)
        .normalize();
  }

  private boolean isBelowWritable(Path real) {
    return writable.stream().anyMatch(root -> real.startsWith(root) && !real.equals(root));
  }
}
