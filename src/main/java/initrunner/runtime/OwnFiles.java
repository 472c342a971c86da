package initrunner.runtime;

import initrunner.audit.AuditLocation;
import initrunner.launch.Cover;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import initrunner.role.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What contained commands on this machine do not get at, though it lies below a directory that
/// they are given: the `.env` beside the role, the role's file, which they may read but not change,
/// and the user's directory of this product. A mount of one of these itself is the role's own word,
/// and stays. Immutable and safe for many threads; blocks on the file system only.
record OwnFiles(Path role, Path home) {

  private static final String WORK = "/work";

  /// @param environment of this process, which may name the directory of this product
  static OwnFiles of(Role role, Map<String, String> environment) {
    return new OwnFiles(
        role.file().toAbsolutePath(), AuditLocation.of(environment, Optional.empty()).home());
  }

  /// Makes sure that contained commands can write neither the record of what they did nor the key
  /// that it is signed with. What SQLite has beside a database comes and goes, so nothing could lie
  /// over it.
  ///
  /// @throws LauncherUnavailableException if they could
  void requireOutOfReach(Path record, WritableDirectories writable) {
    Path own = WritableDirectories.real(home);
    if (writable.real().contains(own)) {
      throw new LauncherUnavailableException(
          "commands could write to " + own + ", where initrunner keeps files of its own",
          "Have them start in another directory.");
    }
    if (writable.holdUncovered(record, own)) {
      throw new LauncherUnavailableException(
          "the audit database " + record + " lies where commands could write to it",
          "Name one outside of the role's directory, of where commands start, and of what the role"
              + " mounts: --audit-db FILE.");
    }
  }

  private enum Kind {
    EMPTY_FILE,
    EMPTY_DIRECTORY,
    READ_ONLY
  }

  private record Kept(Path real, Kind kind) {}

  /// What is to lie over the mounts of a call, as the files are now.
  ///
  /// @param start the directory in which it starts
  /// @throws LauncherUnavailableException if that cannot be found out
  List<Cover> covers(Path start, List<Mount> mounts) {
    List<Mount> shown = new ArrayList<>();
    shown.add(new Mount(start.toString(), WORK, Mount.Access.READ_WRITE));
    shown.addAll(mounts);
    Map<String, Cover> covers = new LinkedHashMap<>();
    try {
      for (Kept kept : kept()) {
        for (int i = 0; i < shown.size(); i++) {
          cover(kept, i, shown, covers);
        }
      }
    } catch (IOException e) {
      throw new LauncherUnavailableException(
          "what contained commands must not get at cannot be looked at: " + e,
          "See that the directory of the role can be read.");
    }
    return List.copyOf(covers.values());
  }

  private List<Kept> kept() throws IOException {
    List<Kept> kept = new ArrayList<>();
    if (Files.isDirectory(home)) {
      kept.add(new Kept(home.toRealPath(), Kind.EMPTY_DIRECTORY));
    }
    Path variables = role.resolveSibling(".env");
    if (Files.exists(variables) && !Files.isDirectory(variables)) {
      kept.add(new Kept(variables.toRealPath(), Kind.EMPTY_FILE));
    }
    if (Files.exists(role)) {
      kept.add(new Kept(role.toRealPath(), Kind.READ_ONLY));
    }
    return kept;
  }

  private static void cover(Kept kept, int index, List<Mount> shown, Map<String, Cover> covers)
      throws IOException {
    Mount mount = shown.get(index);
    Optional<Path> below = below(Path.of(mount.source()), kept.real());
    if (below.isEmpty()) {
      return;
    }
    Path target = Path.of(mount.target());
    Path whole = target.resolve(below.get());
    if (isShownByAnother(whole, index, shown) || isInEmptyDirectory(whole, covers)) {
      return;
    }
    if (mount.access() == Mount.Access.READ_WRITE) {
      standing(kept.real(), below.get(), target, covers);
    }
    String path = whole.toString();
    switch (kept.kind()) {
      case EMPTY_FILE -> covers.put(path, new Cover.EmptyFile(path));
      case EMPTY_DIRECTORY -> covers.put(path, new Cover.EmptyDirectory(path));
      case READ_ONLY -> {
        if (mount.access() == Mount.Access.READ_WRITE) {
          covers.put(path, itself(kept.real(), path, Mount.Access.READ_ONLY));
        }
      }
    }
  }

  private static boolean isInEmptyDirectory(Path path, Map<String, Cover> covers) {
    return covers.values().stream()
        .anyMatch(
            cover -> cover instanceof Cover.EmptyDirectory(String above) && path.startsWith(above));
  }

  /// The directories on the way: one that could be moved would take what is below it along, and
  /// leave its name to another.
  private static void standing(Path real, Path below, Path target, Map<String, Cover> covers) {
    Path directory = real;
    for (int length = below.getNameCount() - 1; length > 0; length--) {
      directory = directory.resolveSibling("");
      String path = target.resolve(below.subpath(0, length)).toString();
      covers.putIfAbsent(path, itself(directory, path, Mount.Access.READ_WRITE));
    }
  }

  private static Cover itself(Path real, String target, Mount.Access access) {
    return new Cover.Itself(new Mount(real.toString(), target, access));
  }

  /// The path of a file below a directory, by whatever name that directory is known; empty where it
  /// is not below it.
  private static Optional<Path> below(Path directory, Path file) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    for (Path above = file; above.getParent() != null; ) {
      above = above.getParent();
      try {
        if (Files.isSameFile(above, directory)) {
          return Optional.of(above.relativize(file));
        }
      } catch (NoSuchFileException gone) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /// Of two mounts over a path, it is the deeper that shows it, and of two at one place the later.
  private static boolean isShownByAnother(Path path, int index, List<Mount> shown) {
    int depth = Path.of(shown.get(index).target()).normalize().getNameCount();
    for (int i = 0; i < shown.size(); i++) {
      Path other = Path.of(shown.get(i).target()).normalize();
      int otherDepth = other.getNameCount();
      if (path.startsWith(other) && (otherDepth > depth || (otherDepth == depth && i > index))) {
        return true;
      }
    }
    return false;
  }
}
