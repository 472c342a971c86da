package initrunner.ssh;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// A directory `/tmp/initrunner-ssh-*` of ours alone (0700) for control sockets, short enough for a
/// socket path on every system. Its owner holds a lock on a file in it for as long as it lives, so
/// that anybody can tell a directory in use from one that a killed process left, whatever became of
/// process ids since.
final class PrivateDirectory implements AutoCloseable {

  private static final Path PARENT = Path.of("/tmp");
  private static final String PREFIX = "initrunner-ssh-";
  private static final String LOCK = "lock";

  /// The lock file before it is locked: under its own name nobody may find it unlocked.
  private static final String UNLOCKED = "lock.new";

  /// A directory without a lock file is being made right now, or its maker died at that moment.
  private static final Duration MAKING = Duration.ofMinutes(10);

  /// A lock of this process must not be looked at by opening its file again: closing that would let
  /// go of the lock (POSIX fcntl locks belong to the process).
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lockFile;

  private PrivateDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /// Makes one.
  ///
  /// @throws IOException if `/tmp` does not let us
  static PrivateDirectory create() throws IOException {
    return createIn(PARENT);
  }

  static PrivateDirectory createIn(Path parent) throws IOException {
    Path made = make(parent);
    try {
      return new PrivateDirectory(made, lock(made));
    } catch (IOException | RuntimeException e) {
      deleteTree(made);
      OWN.remove(made);
      throw e;
    }
  }

  /// The name need not be hard to guess: what is there already, a link included, is never taken.
  /// The JDK's own temporary directories have one that takes it 20 ms at the start of a process.
  private static Path make(Path parent) throws IOException {
    while (true) {
      String name = PREFIX + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      Path path = parent.resolve(name);
      // Before it is there: whoever looks for abandoned ones in this process must pass it over.
      if (OWN.add(path)) {
        try {
          return Files.createDirectory(
              path,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException somebodyElses) {
          OWN.remove(path);
        } catch (IOException | RuntimeException e) {
          OWN.remove(path);
          throw e;
        }
      }
    }
  }

  @SuppressWarnings("StreamResourceLeak") // the lock is held until close
  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(UNLOCKED),
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    channel.lock();
    Files.move(
        directory.resolve(UNLOCKED), directory.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
    return channel;
  }

  Path path() {
    return path;
  }

  /// Whether it is still there, as ours.
  boolean exists() {
    return Files.exists(path.resolve(LOCK), LinkOption.NOFOLLOW_LINKS);
  }

  /// The sockets in it.
  List<Path> sockets() {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
      for (Path child : children) {
        BasicFileAttributes attributes =
            Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isOther()) {
          found.add(child);
        }
      }
    } catch (IOException e) {
      log("looking for sockets in " + path, e);
    }
    return found;
  }

  /// The directories beside this one, of the same user, whose owners are dead. Each is locked by us
  /// now; closing it removes it.
  List<PrivateDirectory> abandoned() {
    List<PrivateDirectory> found = new ArrayList<>();
    Path parent = path.resolveSibling("");
    try (DirectoryStream<Path> candidates = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path candidate : candidates) {
        if (OWN.add(candidate) && !adopt(candidate, found)) {
          OWN.remove(candidate);
        }
      }
    } catch (IOException e) {
      log("looking for abandoned directories in " + parent, e);
    }
    return found;
  }

  private boolean isOfTheSameUser(Path candidate) throws IOException {
    return Files.isDirectory(candidate, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(candidate, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(path));
  }

  private boolean adopt(Path candidate, List<PrivateDirectory> found) {
    try {
      if (!isOfTheSameUser(candidate)) {
        return false;
      }
      Path lock = candidate.resolve(LOCK);
      // Whoever opens a pipe of that name waits for ever.
      if (Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
        return adoptLocked(candidate, lock, found);
      }
      Instant changed = Files.getLastModifiedTime(candidate).toInstant();
      if (changed.isBefore(Instant.now().minus(MAKING))) {
        deleteTree(candidate);
      }
    } catch (IOException e) {
      log("looking whether " + candidate + " is abandoned", e);
    }
    return false;
  }

  @SuppressWarnings("StreamResourceLeak") // kept by the directory that is found
  private static boolean adoptLocked(Path candidate, Path lock, List<PrivateDirectory> found)
      throws IOException {
    FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    FileLock held = channel.tryLock();
    if (held == null) {
      channel.close();
      return false;
    }
    found.add(new PrivateDirectory(candidate, channel));
    return true;
  }

  /// Removes the directory with all that is in it. Never throws.
  @Override
  public void close() {
    try (lockFile) {
      deleteTree(path);
    } catch (NoSuchFileException somebodyElseHas) {
      // That is what was wanted.
    } catch (IOException e) {
      log("removing " + path, e);
    } finally {
      OWN.remove(path);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(root)) {
      for (Path child : children) {
        Files.deleteIfExists(child);
      }
    }
    Files.deleteIfExists(root);
  }

  private static void log(String what, IOException e) {
    System.getLogger(PrivateDirectory.class.getName())
        .log(System.Logger.Level.DEBUG, "failed: " + what, e);
  }
}
