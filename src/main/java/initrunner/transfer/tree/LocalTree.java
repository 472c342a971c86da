package initrunner.transfer.tree;

import initrunner.text.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A tree of this machine. Stateless; blocks on the file system only.
public final class LocalTree {

  private static final String ASKED = "unix:mode,size,lastModifiedTime,ctime,ino";
  private static final int TYPE_BITS = 0170000;
  private static final int PERMISSION_BITS = 0777;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path root;

  /// @param root an absolute path
  public LocalTree(Path root) {
    this.root = root;
  }

  public Path root() {
    return root;
  }

  /// What a look at a tree found.
  ///
  /// @param git says which names of others are ignored; empty outside of a work tree
  /// @param now the time before the look
  public record Look(long now, TreeMap<TreePath, Seen> entries, Optional<LocalGit> git) {}

  /// What is there, of what takes part. A root that is missing holds nothing.
  ///
  /// @throws TransferException if it cannot be listed
  public Look look(Selection selection) {
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    TreeMap<TreePath, Seen> entries = new TreeMap<>();
    Optional<LocalGit> git = LocalGit.of(root);
    try {
      if (!Files.exists(root)) {
        return new Look(now, entries, git);
      }
      if (git.isPresent()) {
        addFiles(git.get().files(), selection, entries);
      } else {
        walk(Optional.empty(), root, selection.test(), entries);
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw unreadable(e);
    }
    if (git.isPresent() && selection.git() == Selection.Git.TAKES_PART) {
      addRepository(selection, entries);
    }
    return new Look(now, entries, git);
  }

  private TransferException unreadable(Exception e) {
    return TransferException.here("'" + root + "' cannot be listed", e);
  }

  private void addRepository(Selection selection, TreeMap<TreePath, Seen> entries) {
    TreePath name = new TreePath(".git");
    try {
      Optional<Seen> seen = seen(name.in(root));
      if (seen.isPresent() && selection.test().takesPart(name)) {
        entries.put(name, seen.get());
        if (seen.get().kind() == Kind.DIRECTORY) {
          walk(Optional.of(name), name.in(root), selection.test(), entries);
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private void addFiles(Set<TreePath> files, Selection selection, TreeMap<TreePath, Seen> entries)
      throws IOException {
    Selection.Test test = selection.test();
    for (TreePath file : files) {
      if (!test.reaches(file)) {
        continue;
      }
      Optional<Seen> seen = seen(file.in(root));
      if (seen.isPresent()) {
        entries.put(file, seen.get());
        addParents(file, entries);
      }
    }
  }

  private void addParents(TreePath file, TreeMap<TreePath, Seen> entries) throws IOException {
    for (Optional<TreePath> each = file.parent();
        each.isPresent() && !entries.containsKey(each.get());
        each = each.get().parent()) {
      Optional<Seen> seen = seen(each.get().in(root));
      if (seen.isPresent()) {
        entries.put(each.get(), seen.get());
      }
    }
  }

  private static void walk(
      Optional<TreePath> within,
      Path directory,
      Selection.Test test,
      TreeMap<TreePath, Seen> entries)
      throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = TreePath.nameOf(file);
        TreePath path = within.map(each -> each.child(name)).orElseGet(() -> new TreePath(name));
        if (!test.takesPart(path)) {
          continue;
        }
        Optional<Seen> seen = seen(file);
        if (seen.isPresent()) {
          entries.put(path, seen.get());
          if (seen.get().kind() == Kind.DIRECTORY) {
            walk(Optional.of(path), file, test, entries);
          }
        }
      }
    }
  }

  /// What one look tells of a file; empty if it is gone, or is a pipe, a socket or a device.
  public Optional<Seen> seen(TreePath path) throws IOException {
    return seen(path.in(root));
  }

  private static Optional<Seen> seen(Path file) throws IOException {
    Map<String, Object> told;
    try {
      told = Files.readAttributes(file, ASKED, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
    int mode = number(told, "mode").intValue();
    Stamp stamp =
        new Stamp(
            number(told, "size").longValue(),
            nanos(told, "lastModifiedTime"),
            nanos(told, "ctime"),
            number(told, "ino").longValue());
    int permissions = mode & PERMISSION_BITS;
    return switch (mode & TYPE_BITS) {
      case 0100000 -> Optional.of(new Seen(Kind.FILE, permissions, stamp, ""));
      case 0040000 -> Optional.of(new Seen(Kind.DIRECTORY, permissions, stamp, ""));
      case 0120000 -> Optional.of(new Seen(Kind.LINK, permissions, stamp, LinkTarget.bytes(file)));
      default -> Optional.empty();
    };
  }

  private static Number number(Map<String, Object> told, String name) {
    return told.get(name) instanceof Number number ? number : 0;
  }

  private static long nanos(Map<String, Object> told, String name) {
    return told.get(name) instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0;
  }

  /// The SHA-256 of a file; empty if it cannot be read any more.
  public Optional<String> sha256(TreePath path) throws IOException {
    MessageDigest digest = Sha256.digest();
    return digested(path, digest).map(_ -> HexFormat.of().formatHex(digest.digest()));
  }

  /// The file as POSIX `cksum` sees it, in the words of that program.
  public Optional<String> checksum(TreePath path) throws IOException {
    PosixChecksum digest = new PosixChecksum();
    return digested(path, digest).map(_ -> digest.text());
  }

  private Optional<Long> digested(TreePath path, MessageDigest digest) throws IOException {
    try (InputStream in = Files.newInputStream(path.in(root), LinkOption.NOFOLLOW_LINKS)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long size = 0;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
        size += count;
      }
      return Optional.of(size);
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }
}
