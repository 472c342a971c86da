package initrunner.transfer;

import initrunner.text.OwnersFile;
import initrunner.text.SafeText;
import initrunner.text.Sha256;
import initrunner.transfer.host.HostTools;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What comes from a host, in a staging directory of this side: what is new as a whole under its
/// own name, each other file under a name of ours. For one thread at a time.
final class Arrivals implements AutoCloseable {

  /// A file that comes in an archive was smaller when it was looked at.
  static final long MOST_MEMBER_BYTES = 4L * Push.MOST_BYTES_IN_STREAM;

  private static final int NAME_DIGITS = 32;

  private final Path directory;
  private final Map<TreePath, Seen> wanted;
  private final HostTools tools;
  private final NewDirectories newDirectories;
  private final Progress progress;
  private final TreeMap<TreePath, String> digests = new TreeMap<>();
  private final Set<TreePath> seen = new HashSet<>();
  private Optional<Arriving> arriving = Optional.empty();

  /// A file that is being written.
  ///
  /// @param isTaken whether its size is the one that it had when it was looked at
  private record Arriving(TreePath path, OutputStream out, MessageDigest digest, boolean isTaken) {}

  /// @param directory on the file system of the tree, and there
  /// @param wanted the regular files that are asked for
  Arrivals(
      Path directory,
      Map<TreePath, Seen> wanted,
      NewDirectories newDirectories,
      HostTools tools,
      Progress progress)
      throws IOException {
    this.directory = directory;
    this.wanted = wanted;
    this.newDirectories = newDirectories;
    this.tools = tools;
    this.progress = progress;
  }

  /// Where a file is until it is in its place.
  Path file(TreePath path) {
    if (newDirectories.topOf(path).isPresent()) {
      return path.in(tree());
    }
    byte[] name = path.bytes().getBytes(StandardCharsets.ISO_8859_1);
    return directory.resolve("f" + Sha256.hex(name).substring(0, NAME_DIGITS));
  }

  /// Makes the new directories. There is no link among them while files arrive: a host could lead
  /// them out by it.
  void makeDirectories(Map<TreePath, Seen> there) throws IOException {
    OwnersFile.createDirectories(tree());
    for (TreePath path : newDirectories.all()) {
      Seen seen = there.get(path);
      if (seen != null) {
        Files.createDirectories(file(path).getParent());
        LocalPlacement.makeDirectory(file(path), seen);
      }
    }
  }

  private Path tree() {
    return directory.resolve("tree");
  }

  /// Removes what an attempt before this one left and is not asked for any more, and all links.
  void removeStale(Map<TreePath, Seen> there) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (Files.isSymbolicLink(file) || (isInTree(file) && !isExpected(file, there))) {
          delete(file);
        }
      }
    }
  }

  private boolean isInTree(Path file) {
    return file.startsWith(tree()) && !file.equals(tree());
  }

  private static void delete(Path file) throws IOException {
    try {
      Files.delete(file);
    } catch (DirectoryNotEmptyException onTheWay) {
      // A new directory is below it.
    }
  }

  private boolean isExpected(Path file, Map<TreePath, Seen> there) throws IOException {
    Optional<TreePath> path = TreePath.of(TreePath.bytesOf(tree().relativize(file)));
    Optional<Seen> seen = path.map(there::get);
    if (seen.isEmpty() || path.flatMap(newDirectories::topOf).isEmpty()) {
      return false;
    }
    BasicFileAttributes found =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return switch (seen.get().kind()) {
      case DIRECTORY -> found.isDirectory();
      case FILE -> found.isRegularFile();
      case LINK -> false;
    };
  }

  /// The host's program's digests of what has arrived whole.
  Map<TreePath, String> digests() {
    return digests;
  }

  void begin(TreePath path, long size) {
    Seen expected = wanted.get(path);
    if (expected == null || !seen.add(path)) {
      throw TarSink.refused("the file " + SafeText.quoted(path.text()));
    }
    boolean isTaken = expected.size() == size;
    try {
      Files.deleteIfExists(file(path));
      OutputStream out =
          isTaken
              ? Files.newOutputStream(
                  file(path), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
              : OutputStream.nullOutputStream();
      arriving = Optional.of(new Arriving(path, out, tools.newDigest(), isTaken));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void content(ByteBuffer bytes) {
    Arriving file = arriving.orElseThrow();
    byte[] part = new byte[bytes.remaining()];
    bytes.get(part);
    try {
      file.out().write(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    file.digest().update(part);
    progress.moved(part.length);
  }

  void end() {
    Arriving file = arriving.orElseThrow();
    arriving = Optional.empty();
    try {
      file.out().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (file.isTaken()) {
      digests.put(file.path(), HostTools.text(file.digest()));
      progress.finished(1);
    }
  }

  /// A hard link to a member before it: a copy of that.
  void link(TreePath path, Optional<TreePath> target) {
    if (!wanted.containsKey(path) || !seen.add(path)) {
      throw TarSink.refused("the link " + SafeText.quoted(path.text()));
    }
    Optional<String> same = target.map(digests::get);
    if (same.isPresent()) {
      try {
        Files.copy(file(target.get()), file(path), StandardCopyOption.REPLACE_EXISTING);
        digests.put(path, same.get());
        progress.finished(1);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// A member that is no file any more.
  void other(TreePath path) {
    if (!wanted.containsKey(path) || !seen.add(path)) {
      throw TarSink.refused("the member " + SafeText.quoted(path.text()));
    }
  }

  /// Takes a file that an earlier attempt has, or that came by itself, for arrived.
  void arrived(TreePath path, String digest) {
    digests.put(path, digest);
  }

  /// The SHA-256 of a file that has arrived.
  ///
  /// @param digest of the host's program
  String sha256(TreePath path, String digest) throws IOException {
    return tools.onlyChecksums() ? LocalTree.sha256(file(path)).orElse("") : digest;
  }

  /// The host's program's digest of what is there of a file; empty if nothing is.
  Optional<String> digestOf(TreePath path) throws IOException {
    Path file = file(path);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    MessageDigest digest = tools.newDigest();
    try (var in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        LocalTree.requireWanted();
        digest.update(buffer, 0, count);
      }
    }
    return Optional.of(HostTools.text(digest));
  }

  /// Closes a file that was being written.
  @Override
  public void close() throws IOException {
    if (arriving.isPresent()) {
      arriving.get().out().close();
    }
  }
}
