package initrunner.transfer;

import initrunner.text.FileFailure;
import initrunner.text.OwnersFile;
import initrunner.text.RegularFile;
import initrunner.text.Sha256;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.Stamp;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import initrunner.transfer.tree.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The state of the last exchange between one tree here and one on a host, in a file of this side.
/// It is held by one process at a time, until it is closed. For one thread; blocks on the file
/// system only.
final class LastExchange implements AutoCloseable {

  private static final String FORMAT = "initrunner exchange 1";
  private static final int MOST_BYTES = 1 << 30;
  private static final int KEY_DIGITS = 24;

  private final Path file;
  private final FileChannel lock;
  private final TreeMap<TreePath, Known> known = new TreeMap<>();

  /// What was about to be put on the host when the process ended, if it did.
  private final TreeMap<TreePath, Optional<Version>> begun = new TreeMap<>();

  /// Whether the file holds all of this.
  private boolean isSaved = true;

  private LastExchange(Path file, FileChannel lock) {
    this.file = file;
    this.lock = lock;
  }

  /// The name of an exchange, the same for the same trees.
  ///
  /// @param host what the host is reached as
  static String key(String host, String rootThere, Path rootHere) {
    String all = host + "\0" + rootThere + "\0" + rootHere;
    return Sha256.hex(all.getBytes(StandardCharsets.UTF_8)).substring(0, KEY_DIGITS);
  }

  /// Opens the state, and keeps other processes out of the exchange.
  ///
  /// @param directory of all states; made if it is missing
  /// @throws TransferException if another process is exchanging these trees, or the file cannot be
  ///   read
  static LastExchange open(Path directory, String key) {
    Path file = directory.resolve(key);
    try {
      OwnersFile.createDirectories(directory);
      FileChannel lock =
          FileChannel.open(
              directory.resolve(key + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (!isLocked(lock)) {
        lock.close();
        throw new TransferException.Busy(
            "another initrunner is exchanging files with that directory",
            "Wait for its end, and try again.");
      }
      LastExchange exchange = new LastExchange(file, lock);
      exchange.load();
      return exchange;
    } catch (IOException e) {
      throw new TransferException(
          "the state of the last exchange cannot be read: " + FileFailure.reason(e),
          FileFailure.remedy(e, "See " + file));
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException ofThisProcess) {
      return false;
    }
  }

  private void load() throws IOException {
    if (Files.notExists(file)) {
      return;
    }
    byte[] content = RegularFile.bytes(file, MOST_BYTES);
    String[] fields = new String(content, StandardCharsets.ISO_8859_1).split("\0", -1);
    if (!fields[0].equals(FORMAT) || !fields[fields.length - 1].equals("end")) {
      throw new TransferException(
          "the state of the last exchange is damaged: " + file,
          "Remove that file; then files that differ on both sides are conflicts.");
    }
    try {
      for (int i = 1; i + 2 < fields.length; i += 3) {
        read(fields[i], new TreePath(fields[i + 1]), fields[i + 2]);
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new TransferException(
          "the state of the last exchange is damaged: " + file,
          "Remove that file; then files that differ on both sides are conflicts.");
    }
  }

  private void read(String line, TreePath path, String content) {
    String[] parts = line.split(" ", -1);
    Optional<Version> version =
        parts[1].equals("-")
            ? Optional.empty()
            : Optional.of(
                new Version(Kind.valueOf(parts[1]), Integer.parseInt(parts[2], 8), content));
    if (parts[0].equals("begun")) {
      begun.put(path, version);
    } else {
      version.ifPresent(same -> known.put(path, new Known(same, stamp(parts, 3), stamp(parts, 7))));
    }
  }

  private static Optional<Stamp> stamp(String[] parts, int at) {
    return parts[at].equals("-")
        ? Optional.empty()
        : Optional.of(
            new Stamp(
                Long.parseLong(parts[at]),
                Long.parseLong(parts[at + 1]),
                Long.parseLong(parts[at + 2]),
                Long.parseLong(parts[at + 3])));
  }

  /// What the last exchange left of a name.
  Optional<Known> known(TreePath path) {
    return Optional.ofNullable(known.get(path));
  }

  Iterable<TreePath> names() {
    return known.keySet();
  }

  /// Whether a version on the host is what an exchange that did not end put there.
  boolean wasBegun(TreePath path, Optional<Version> there) {
    return begun.containsKey(path) && there.equals(begun.get(path));
  }

  void put(TreePath path, Known same) {
    isSaved &= same.equals(known.put(path, same));
    isSaved &= begun.remove(path) == null;
  }

  void remove(TreePath path) {
    isSaved &= known.remove(path) == null;
    isSaved &= begun.remove(path) == null;
  }

  /// Notes what is about to be put on the host, so that it is known for ours even if this process
  /// ends before it hears that it was done. Blocks.
  void begin(Map<TreePath, Optional<Version>> versions) {
    begun.putAll(versions);
    isSaved = false;
    save();
  }

  void ended() {
    begun.clear();
    isSaved = false;
    save();
  }

  /// Writes the file: others see the old one or the new one.
  void save() {
    if (isSaved) {
      return;
    }
    StringBuilder all = new StringBuilder(FORMAT).append('\0');
    known.forEach((path, same) -> append(all, path, same));
    begun.forEach((path, version) -> {
      all.append("begun ");
      appendVersion(all, version);
      appendName(all, path, version);
    });
    all.append("end");
    try {
      Path temporary = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(temporary);
      try (var stream = OwnersFile.create(temporary)) {
        stream.write(all.toString().getBytes(StandardCharsets.ISO_8859_1));
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      isSaved = true;
    } catch (IOException e) {
      throw new TransferException(
          "the state of the exchange cannot be kept: " + FileFailure.reason(e),
          FileFailure.remedy(e, "See " + file));
    }
  }

  private static void append(StringBuilder all, TreePath path, Known same) {
    all.append("known ");
    appendVersion(all, Optional.of(same.version()));
    appendStamp(all, same.here());
    appendStamp(all, same.there());
    appendName(all, path, Optional.of(same.version()));
  }

  private static void appendVersion(StringBuilder all, Optional<Version> version) {
    version.ifPresentOrElse(
        it -> all.append(it.kind()).append(' ').append(Integer.toOctalString(it.mode())),
        () -> all.append("- 0"));
  }

  private static void appendStamp(StringBuilder all, Optional<Stamp> stamp) {
    stamp.ifPresentOrElse(
        it ->
            all.append(' ')
                .append(it.size())
                .append(' ')
                .append(it.modified())
                .append(' ')
                .append(it.changed())
                .append(' ')
                .append(it.inode()),
        () -> all.append(" - - - -"));
  }

  private static void appendName(StringBuilder all, TreePath path, Optional<Version> version) {
    all.append('\0')
        .append(path.bytes())
        .append('\0')
        .append(version.map(Version::content).orElse(""))
        .append('\0');
  }

  /// Lets other processes in.
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
