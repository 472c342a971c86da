package initrunner.runtime.moved;

import initrunner.runtime.confine.OwnFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The directory of this machine that a role names for its files. No name leads out of it: none has
/// `..`, and no symbolic link is followed. Immutable and safe for many threads; blocks on the file
/// system only.
final class LocalFiles {

  private final Path root;
  private final OwnFiles own;

  /// @param root as the role names it
  LocalFiles(Path root, OwnFiles own) {
    this.root = root;
    this.own = own;
  }

  /// What is done with the directories on the way.
  enum Way {
    /// They must be there.
    READ,
    /// They may be missing.
    TRIED,
    /// Missing ones are made.
    MADE
  }

  /// A file's place.
  ///
  /// @param directory the real path of its directory
  /// @param steps which directories lead there, as the file system counts them: others stand there
  ///   if one was replaced meanwhile
  record Place(Path directory, String name, List<Object> steps) {

    Path file() {
      return directory.resolve(name);
    }
  }

  /// The place of a file to be read.
  ///
  /// @throws LocalRefusalException if it may not be read
  Place toRead(String local) throws IOException {
    Place place = place(local, Way.READ);
    if (Stream.of(own.home(), own.variables()).anyMatch(kept -> isIn(place.file(), kept))) {
      throw new LocalRefusalException("'" + local + "' is initrunner's own and stays here");
    }
    if (regular(local, place).isEmpty()) {
      throw new LocalRefusalException("no such file on this machine: '" + local + "'");
    }
    return place;
  }

  /// The place of a file to be written.
  ///
  /// @throws LocalRefusalException if it may not be written
  Place toWrite(String local, Way way) throws IOException {
    Place place = place(local, way);
    if (Stream.concat(Stream.of(own.home(), own.variables(), own.role()), own.ofStart().stream())
        .anyMatch(kept -> isIn(place.file(), kept))) {
      throw new LocalRefusalException("'" + local + "' is what initrunner obeys and stays");
    }
    return place;
  }

  /// The regular file at a place; empty if nothing is there.
  ///
  /// @throws LocalRefusalException if something else is there
  static Optional<BasicFileAttributes> regular(String local, Place place) throws IOException {
    Optional<BasicFileAttributes> found = found(place.file());
    found
        .filter(file -> !file.isRegularFile())
        .ifPresent(file -> {
          throw new LocalRefusalException(
              file.isSymbolicLink()
                  ? linked(local)
                  : file.isDirectory()
                      ? "'" + local + "' is a directory on this machine"
                      : "'" + local + "' is not a regular file on this machine");
        });
    return found;
  }

  /// Checks again that no directory on the way was replaced.
  void requireUnmoved(String local, Place place) throws IOException {
    if (!place(local, Way.READ).equals(place)) {
      throw new LocalRefusalException("a directory of '" + local + "' was replaced meanwhile");
    }
  }

  private Place place(String local, Way way) throws IOException {
    Path directory = root.toRealPath();
    refuseOwn(directory);
    List<Object> steps = new ArrayList<>();
    List<String> names =
        Stream.of(local.split("/", -1))
            .filter(part -> !part.isEmpty() && !part.equals("."))
            .toList();
    try {
      for (String name : names.subList(0, names.size() - 1)) {
        steps.add(step(directory));
        directory = entered(local, directory, name, way);
      }
      steps.add(step(directory));
      if (way != Way.READ) {
        Repositories.refuse(local, root.toRealPath(), directory, names.getLast());
      }
      Path ignored = directory.resolve(names.getLast());
    } catch (InvalidPathException e) {
      throw new LocalRefusalException("'" + local + "' is no name of a file on this machine");
    }
    return new Place(directory, names.getLast(), List.copyOf(steps));
  }

  /// A model with this directory could change what InitRunner itself obeys.
  private void refuseOwn(Path real) throws IOException {
    Path home = Files.exists(own.home()) ? own.home().toRealPath() : own.home();
    if (real.startsWith(home) || home.startsWith(real)) {
      throw new LocalRefusalException(
          "the local root "
              + root
              + " is or holds the directory where initrunner keeps its own files, so nothing is"
              + " moved");
    }
  }

  private Path entered(String local, Path directory, String name, Way way) throws IOException {
    Path next = directory.resolve(name);
    Optional<BasicFileAttributes> found = found(next);
    if (found.isEmpty()) {
      switch (way) {
        case READ ->
            throw new LocalRefusalException("no such file on this machine: '" + local + "'");
        case TRIED -> {
          return next;
        }
        case MADE -> {
          Repositories.refuse(local, root.toRealPath(), directory, name);
          make(next);
          found = found(next);
        }
      }
    }
    if (found.filter(BasicFileAttributes::isDirectory).isEmpty()) {
      throw new LocalRefusalException(
          found.filter(BasicFileAttributes::isSymbolicLink).isPresent()
              ? linked(local)
              : "no directory on this machine: the one of '" + local + "'");
    }
    return next;
  }

  private static void make(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // Another call made it.
    }
  }

  private static Object step(Path directory) throws IOException {
    return found(directory).map(BasicFileAttributes::fileKey).orElse("");
  }

  private static Optional<BasicFileAttributes> found(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static String linked(String local) {
    return "'"
        + local
        + "' is or goes through a symbolic link of this machine, and none is followed there";
  }

  private static boolean isIn(Path file, Path kept) {
    try {
      if (Files.exists(kept)) {
        Path real = kept.toRealPath();
        return file.startsWith(real) || (Files.exists(file) && Files.isSameFile(file, real));
      }
      // It may be made by this call.
      Path directory = Objects.requireNonNullElse(kept.getParent(), kept);
      return Files.exists(directory)
          && file.toString()
              .equalsIgnoreCase(directory.toRealPath().resolve(kept.getFileName()).toString());
    } catch (IOException e) {
      return true;
    }
  }
}
