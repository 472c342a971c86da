package initrunner.runtime.confine;

import initrunner.role.Role;
import initrunner.role.tools.ToolGrant;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The directories of this machine in which contained commands may write: no program there may
/// start the next command. Immutable; blocks on the file system only.
///
/// @param real paths without links
public record WritableDirectories(List<Path> real) {

  /// Linux follows no more.
  private static final int MOST_LINKS = 40;

  public WritableDirectories {
    real = List.copyOf(real);
  }

  /// The directories of a role: its own, those in which its tools start, and its writable mounts.
  public static WritableDirectories of(Role role) {
    String directory = RoleContainment.directoryOf(role);
    Path home = Path.of(System.getProperty("user.home"));
    SandboxHost place = new SandboxHost("", Optional.empty(), Optional.of(directory));
    Stream<Path> starts =
        role.tools().stream()
            .map(ToolGrant::tool)
            .map(tool -> MovedPaths.absolute(home, place.directoryOf(tool.directory())));
    Stream<Path> mounts =
        RoleContainment.writableOf(role.sandbox()).map(path -> Path.of(directory).resolve(path));
    return new WritableDirectories(
        Stream.of(Stream.of(Path.of(directory)), starts, mounts)
            .flatMap(paths -> paths)
            .map(path -> real(path.normalize()))
            .distinct()
            .toList());
  }

  /// The real path of the part that exists, followed by the rest.
  public static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException notThere) {
      Path parent = path.getParent();
      return parent == null ? path : real(parent).resolve(path.getFileName());
    }
  }

  /// Whether commands could change the target of a path: the path, or a link on the way, lies in a
  /// writable directory.
  boolean hold(Path path) {
    return hold(path.toAbsolutePath(), MOST_LINKS, at -> real.stream().anyMatch(at::startsWith));
  }

  /// As [#hold], except for paths below a directory that commands find empty and cannot move.
  ///
  /// @param covered the real path of that directory
  boolean holdUncovered(Path path, Path covered) {
    return hold(
        path.toAbsolutePath(),
        MOST_LINKS,
        at ->
            real.stream()
                .filter(at::startsWith)
                .anyMatch(each ->
                    !(covered.startsWith(each) && !covered.equals(each))
                        || !(at.startsWith(covered) || covered.startsWith(at))));
  }

  private static boolean hold(Path path, int links, Predicate<Path> isWritable) {
    Path at = Path.of("/");
    for (Path name : path) {
      Path above = at;
      at = at.resolve(name);
      boolean isLink = Files.isSymbolicLink(at);
      if (isWritable.test(isLink ? real(above).resolve(name) : real(at))) {
        return true;
      }
      if (isLink && (links == 0 || hold(targetOf(at), links - 1, isWritable))) {
        return true;
      }
    }
    return false;
  }

  /// A symbolic link on the way to a path that lies in a writable directory, so that commands could
  /// replace it.
  Optional<Path> replaceableLink(Path path) {
    return replaceableLink(path.toAbsolutePath(), MOST_LINKS);
  }

  private Optional<Path> replaceableLink(Path path, int links) {
    Path at = Path.of("/");
    for (Path name : path) {
      Path above = at;
      at = at.resolve(name);
      if (Files.isSymbolicLink(at)) {
        Path link = real(above).resolve(name);
        if (links == 0 || real.stream().anyMatch(link::startsWith)) {
          return Optional.of(at);
        }
        Optional<Path> further = replaceableLink(targetOf(at), links - 1);
        if (further.isPresent()) {
          return further;
        }
      }
    }
    return Optional.empty();
  }

  private static Path targetOf(Path link) {
    try {
      return link.resolveSibling(Files.readSymbolicLink(link));
    } catch (IOException gone) {
      return link;
    }
  }

  /// A list of directories like `PATH` without those that commands could change. A relative entry
  /// starts at a command's start directory, so it is dropped too.
  String outside(String searchPath) {
    return Stream.of(searchPath.split(Pattern.quote(File.pathSeparator)))
        .filter(directory -> directory.startsWith("/") && !hold(Path.of(directory)))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
