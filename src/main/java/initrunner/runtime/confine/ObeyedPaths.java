package initrunner.runtime.confine;

import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/// Paths that InitRunner obeys, checked against what one call of a contained command may write to.
/// A mount can cover an existing path only. Immutable; blocks on the file system only.
final class ObeyedPaths {

  private static final FileAttribute<?> OWN_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWN_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /// The account that commands run as.
  enum Account {
    THIS,
    /// Commands may make files where this account may not.
    ANOTHER
  }

  private final WritableDirectories writable;
  private final Account account;

  /// @param shown the mounts of the call
  ObeyedPaths(List<Mount> shown, Account account) {
    this.account = account;
    this.writable =
        new WritableDirectories(
            shown.stream()
                .filter(mount -> mount.access() == Mount.Access.READ_WRITE)
                .map(mount -> WritableDirectories.real(Path.of(mount.source()).normalize()))
                .distinct()
                .toList());
  }

  /// Makes an empty file if it is missing and a command could make it.
  ///
  /// @return its real path; empty if it is missing and no command could make it, or if it is a
  ///   directory
  Optional<Path> requireFile(Path file) throws IOException {
    requireNoLink(file);
    if (!Files.exists(file) && isBelow(file)) {
      make(file, () -> Files.createFile(file, OWN_FILE));
    }
    return Files.isDirectory(file) ? Optional.empty() : realOrMadeByCommands(file);
  }

  /// As [#requireFile], for a directory.
  Optional<Path> requireDirectory(Path directory) throws IOException {
    requireNoLink(directory);
    if (!Files.exists(directory) && isBelow(directory)) {
      make(directory, () -> Files.createDirectories(directory, OWN_DIRECTORY));
    }
    return Files.exists(directory) && !Files.isDirectory(directory)
        ? Optional.empty()
        : realOrMadeByCommands(directory);
  }

  /// If this account cannot make the path, the container engine makes it for the mount that covers
  /// it.
  private Optional<Path> realOrMadeByCommands(Path path) throws IOException {
    boolean isMadeByCommands = account == Account.ANOTHER && !Files.exists(path) && isBelow(path);
    return isMadeByCommands ? Optional.of(WritableDirectories.real(path)) : real(path);
  }

  /// Checks that a command cannot make anything at a path.
  ///
  /// @return its real path; empty if it is missing
  Optional<Path> requireThere(Path path) throws IOException {
    requireNoLink(path);
    if (!Files.exists(path) && isBelow(path)) {
      throw new LauncherUnavailableException(
          "'" + path + "' is missing, and commands could create it for the next start to obey",
          "Restore it, or put the role in a directory of its own.");
    }
    return real(path);
  }

  /// Checks that commands do not get this path or one below it to write to, where no mount could
  /// cover it.
  ///
  /// @param open a path below it that they may get
  /// @param what the path is, for a person
  void requireNotGiven(Path path, Optional<Path> open, String what) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    for (Path given : writable.real()) {
      boolean isIn =
          Files.exists(given) && (Files.isSameFile(path, given) || below(path, given).isPresent());
      if (isIn && open.filter(each -> given.startsWith(WritableDirectories.real(each))).isEmpty()) {
        throw new LauncherUnavailableException(
            "commands could write to '" + given + "', " + what,
            "Put the role, and where its tools start, in a directory of its own, or mount that"
                + " read-only.");
      }
    }
  }

  private static Optional<Path> real(Path path) throws IOException {
    try {
      return Optional.of(path.toRealPath());
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }

  private void requireNoLink(Path path) {
    writable
        .replaceableLink(path)
        .ifPresent(link -> {
          throw new LauncherUnavailableException(
              "'"
                  + link
                  + "' is a symbolic link that commands could replace, and initrunner uses"
                  + " its target",
              "Put the file itself there, or let commands start in another directory.");
        });
  }

  private boolean isBelow(Path path) throws IOException {
    Path real = WritableDirectories.real(path);
    for (Path directory : writable.real()) {
      if (real.startsWith(directory) || below(directory, real).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private interface Making {
    Path make() throws IOException;
  }

  /// Where this account may make nothing, its commands may not either; see [Account#ANOTHER].
  private static void make(Path path, Making making) throws IOException {
    try {
      making.make();
    } catch (FileAlreadyExistsException | AccessDeniedException made) {
      // another call has made it, or it cannot be made
    } catch (FileSystemException e) {
      if (Files.isWritable(WritableDirectories.real(path).resolveSibling(""))) {
        throw e;
      }
    }
  }

  /// The path of a file below a directory, under any name of that directory; empty if the file is
  /// not below it.
  static Optional<Path> below(Path directory, Path file) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    for (Path above = file; above.getParent() != null; ) {
      above = above.getParent();
      if (Files.exists(above, LinkOption.NOFOLLOW_LINKS) && Files.isSameFile(above, directory)) {
        return Optional.of(above.relativize(file));
      }
    }
    return Optional.empty();
  }
}
