package initrunner.ssh.master;

import initrunner.text.OwnersFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// A directory `/tmp/initrunner-ssh-*` of ours alone (0700) for control sockets, short enough for a
/// socket path on every system; below `TMPDIR` where `/tmp` cannot be written to. Its owner holds a
/// lock on a file in it for as long as it lives, so that any process can tell a directory in use
/// from one that a killed process left, even where its process id is in use again. That file names
/// the directory by name and inode: a directory that was copied, moved or merely named so is not
/// ours.
public final class PrivateDirectory implements AutoCloseable {

  private static final Path PARENT = Path.of("/tmp");
  private static final String PREFIX = "initrunner-ssh-";
  private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9a-f]{16}");

  /// What processes of ours put there: control sockets, also while `ssh` makes one, logs, and what
  /// asks a person.
  private static final Pattern CONTENT =
      Pattern.compile(
          "lock|lock\\.new|calls|left(\\.in)?|ctl\\.sock(\\.[A-Za-z0-9]+)?|[0-9A-Za-z]+\\.log|ask(\\.[a-z]+\\.[0-9]+)?");

  /// A control socket's whole path has at most 103 bytes on some systems, and 58 of them stand
  /// behind the parent's.
  private static final int MOST_PARENT_BYTES = 45;

  private static final int MOST_MARK_BYTES = 200;
  private static final Path LOCK = Path.of("lock");

  /// The lock file before it is locked: under its own name it is never unlocked.
  private static final Path UNLOCKED = Path.of("lock.new");

  private static final Set<PosixFilePermission> OWN_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWN_FILE =
      PosixFilePermissions.fromString("rw-------");

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

  /// Makes one, in `/tmp` or, where that cannot be written to, in the directory that `TMPDIR`
  /// names.
  ///
  /// @throws IOException if neither lets us
  public static PrivateDirectory create() throws IOException {
    return createIn(PARENT, Optional.ofNullable(System.getenv("TMPDIR")));
  }

  /// @param other a directory for where the parent cannot be written to; one that is relative, or
  ///   too long for the path of a socket, is none
  static PrivateDirectory createIn(Path parent, Optional<String> other) throws IOException {
    if (Files.isWritable(parent)) {
      return createIn(parent);
    }
    Optional<Path> usable =
        other
            .filter(path -> path.startsWith("/"))
            .filter(path -> path.getBytes(StandardCharsets.UTF_8).length <= MOST_PARENT_BYTES)
            .map(Path::of)
            .filter(Files::isWritable);
    return createIn(usable.orElse(parent));
  }

  static PrivateDirectory createIn(Path parent) throws IOException {
    Path made = make(parent);
    try {
      return new PrivateDirectory(made, lock(made));
    } catch (IOException | RuntimeException e) {
      OWN.remove(made);
      try {
        deleteTree(made);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /// The name need not be hard to guess: what is there already, a link included, is never taken.
  /// The JDK's temporary directories have such a name, which takes 20 ms at the start of a process.
  private static Path make(Path parent) throws IOException {
    while (true) {
      String name = PREFIX + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      Path path = parent.resolve(name);
      // Before it is there: a thread of this process that looks for abandoned ones must ignore it.
      if (OWN.add(path)) {
        try {
          return Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWN_DIRECTORY));
        } catch (FileAlreadyExistsException ofAnother) {
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
    Path file = directory.resolve(UNLOCKED);
    try (OutputStream stream = OwnersFile.create(file)) {
      stream.write(mark(directory).getBytes(StandardCharsets.UTF_8));
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    try {
      // No other process knows the file, so the lock is free; an interrupt cannot end this.
      if (channel.tryLock() == null) {
        throw new IOException(directory + " is locked by another process");
      }
      Files.move(file, directory.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String mark(Path directory) throws IOException {
    return directory.getFileName() + " " + Files.getAttribute(directory, "unix:ino") + "\n";
  }

  public Path path() {
    return path;
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
  public List<PrivateDirectory> abandoned() {
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

  private boolean adopt(Path candidate, List<PrivateDirectory> found) {
    if (!NAME.matcher(candidate.getFileName().toString()).matches()) {
      return false;
    }
    try (DirectoryStream<Path> parent = Files.newDirectoryStream(candidate.resolveSibling(""))) {
      return parent instanceof SecureDirectoryStream<Path> secure
          && adopt(candidate, secure, found);
    } catch (IOException e) {
      log("looking whether " + candidate + " is abandoned", e);
      return false;
    }
  }

  /// Looks at one directory that is held open, even if its name changes meanwhile.
  private boolean adopt(
      Path candidate, SecureDirectoryStream<Path> parent, List<PrivateDirectory> found)
      throws IOException {
    try (SecureDirectoryStream<Path> opened =
        parent.newDirectoryStream(candidate.getFileName(), LinkOption.NOFOLLOW_LINKS)) {
      if (!isOurs(attributes(opened, Path.of(".")), OWN_DIRECTORY)) {
        return false;
      }
      List<Path> content = content(opened);
      if (content.contains(LOCK)) {
        return areOurs(opened, content) && adoptLocked(candidate, opened, found);
      }
      Instant changed = attributes(opened, Path.of(".")).lastModifiedTime().toInstant();
      boolean isUnfinished = content.isEmpty() || content.equals(List.of(UNLOCKED));
      if (isUnfinished && changed.isBefore(Instant.now().minus(MAKING))) {
        deleteContent(opened, content);
        parent.deleteDirectory(candidate.getFileName());
      }
      return false;
    }
  }

  private static List<Path> content(DirectoryStream<Path> directory) {
    List<Path> names = new ArrayList<>();
    directory.forEach(child -> names.add(child.getFileName()));
    return names;
  }

  private static PosixFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    return directory
        .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  private boolean isOurs(PosixFileAttributes attributes, Set<PosixFilePermission> permissions)
      throws IOException {
    return attributes.owner().equals(Files.getOwner(path))
        && attributes.permissions().equals(permissions);
  }

  /// Whether it holds nothing but what our processes put there.
  private boolean areOurs(SecureDirectoryStream<Path> directory, List<Path> content)
      throws IOException {
    for (Path name : content) {
      PosixFileAttributes attributes = attributes(directory, name);
      if (!CONTENT.matcher(name.toString()).matches()
          || attributes.isDirectory()
          || attributes.isSymbolicLink()
          || !attributes.owner().equals(Files.getOwner(path))) {
        return false;
      }
    }
    // A process that opens a pipe of that name waits for ever.
    PosixFileAttributes lock = attributes(directory, LOCK);
    return lock.isRegularFile() && isOurs(lock, OWN_FILE);
  }

  @SuppressWarnings("StreamResourceLeak") // kept by the directory that is found
  private static boolean adoptLocked(
      Path candidate, SecureDirectoryStream<Path> opened, List<PrivateDirectory> found)
      throws IOException {
    SeekableByteChannel file =
        opened.newByteChannel(
            LOCK,
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    boolean isAdopted = false;
    try {
      isAdopted =
          file instanceof FileChannel channel
              && channel.tryLock() != null
              && read(channel).equals(mark(candidate))
              && found.add(new PrivateDirectory(candidate, channel));
      return isAdopted;
    } finally {
      if (!isAdopted) {
        file.close();
      }
    }
  }

  private static String read(FileChannel file) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MOST_MARK_BYTES);
    while (text.hasRemaining() && file.read(text) >= 0) {
      // on to the end
    }
    return StandardCharsets.UTF_8.decode(text.flip()).toString();
  }

  /// Removes the directory with all that is in it. Never throws.
  @Override
  public void close() {
    try (lockFile) {
      deleteTree(path);
    } catch (NoSuchFileException alreadyRemoved) {
      // Nothing is left to remove.
    } catch (IOException e) {
      log("removing " + path, e);
    } finally {
      OWN.remove(path);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (DirectoryStream<Path> parent = Files.newDirectoryStream(root.resolveSibling(""))) {
      if (parent instanceof SecureDirectoryStream<Path> secure) {
        try (SecureDirectoryStream<Path> opened =
            secure.newDirectoryStream(root.getFileName(), LinkOption.NOFOLLOW_LINKS)) {
          deleteContent(opened, content(opened));
        }
        secure.deleteDirectory(root.getFileName());
        return;
      }
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(root)) {
      for (Path child : children) {
        Files.deleteIfExists(child);
      }
    }
    Files.deleteIfExists(root);
  }

  private static void deleteContent(SecureDirectoryStream<Path> directory, List<Path> content)
      throws IOException {
    for (Path name : content) {
      try {
        directory.deleteFile(name);
      } catch (NoSuchFileException removed) {
        // by ssh, which removes its socket itself
      }
    }
  }

  private static void log(String what, IOException e) {
    System.getLogger(PrivateDirectory.class.getName())
        .log(System.Logger.Level.DEBUG, "failed: " + what, e);
  }
}
