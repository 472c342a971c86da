package initrunner.transfer.tree;

import initrunner.text.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
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
  /// @param now the time before the look
  /// @param git says which names of others are ignored
  public record Look(long now, TreeMap<TreePath, Seen> entries, LocalGit git) {}

  /// What is there, of what takes part. A root that is missing holds nothing.
  ///
  /// @throws TransferException if it cannot be listed
  public Look look(Selection selection) {
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    TreeMap<TreePath, Seen> entries = new TreeMap<>();
    LocalGit git =
        selection.git() == Selection.Git.NOT_ASKED ? LocalGit.none(root) : LocalGit.of(root);
    Walk walk = new Walk(selection, git, entries);
    try {
      if (Files.exists(root) && git.isWorkTree()) {
        walk.addFiles(git.files());
        walk.addIgnoredTops();
        walk.addRepository(new TreePath(".git"));
      } else if (Files.exists(root)) {
        walk.into(Optional.empty(), root);
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw unreadable(e);
    }
    return new Look(now, entries, git);
  }

  private TransferException unreadable(Exception e) {
    return TransferException.here("'" + root + "' cannot be listed", e);
  }

  /// Gathers what takes part.
  private final class Walk {
    private final Selection selection;
    private final Selection.Test test;
    private final LocalGit git;
    private final Map<TreePath, Seen> entries;

    Walk(Selection selection, LocalGit git, Map<TreePath, Seen> entries) {
      this.selection = selection;
      this.test = selection.test();
      this.git = git;
      this.entries = entries;
    }

    /// What git ignores takes part if it is asked for by its name.
    void addIgnoredTops() throws IOException {
      TreeMap<TreePath, Seen> tops = new TreeMap<>();
      for (TreePath top : selection.tops()) {
        seen(top).ifPresent(it -> tops.put(top, it));
      }
      for (TreePath top : git.ignored(tops)) {
        add(top, top.in(root));
      }
    }

    void addRepository(TreePath name) throws IOException {
      if (selection.git() == Selection.Git.TAKES_PART && test.reaches(name)) {
        add(name, name.in(root));
      }
    }

    void addFiles(Set<TreePath> files) throws IOException {
      for (TreePath file : files) {
        if (!test.reaches(file)) {
          continue;
        }
        Optional<Seen> seen = seen(file.in(root));
        if (seen.isPresent()) {
          entries.put(file, seen.get());
          addParents(file);
        }
      }
    }

    private void addParents(TreePath file) throws IOException {
      for (Optional<TreePath> each = file.parent();
          each.isPresent() && !entries.containsKey(each.get());
          each = each.get().parent()) {
        Optional<Seen> seen = seen(each.get().in(root));
        if (seen.isPresent()) {
          entries.put(each.get(), seen.get());
        }
      }
    }

    void into(Optional<TreePath> within, Path directory) throws IOException {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          String name = TreePath.nameOf(file);
          TreePath path = within.map(each -> each.child(name)).orElseGet(() -> new TreePath(name));
          if (test.takesPart(path)) {
            add(path, file);
          }
        }
      }
    }

    private void add(TreePath path, Path file) throws IOException {
      Optional<Seen> seen = seen(file);
      if (seen.isEmpty()) {
        return;
      }
      entries.put(path, seen.get());
      if (seen.get().kind() != Kind.DIRECTORY) {
        return;
      }
      if (selection.git() != Selection.Git.NOT_ASKED && LocalGit.isRepository(file)) {
        addFiles(git.filesOf(path, file));
        addRepository(path.child(".git"));
      } else {
        into(Optional.of(path), file);
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
    return sha256(path.in(root));
  }

  /// The same of a file that is in no tree.
  public static Optional<String> sha256(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    return digested(file, digest).map(_ -> HexFormat.of().formatHex(digest.digest()));
  }

  /// The file as POSIX `cksum` sees it, in the words of that program.
  public Optional<String> checksum(TreePath path) throws IOException {
    PosixChecksum digest = new PosixChecksum();
    return digested(path.in(root), digest).map(_ -> digest.text());
  }

  /// An interrupt ends no read of a file by itself, and a large one takes long.
  ///
  /// @throws InterruptedIOException if this thread is interrupted
  public static void requireWanted() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("stopped");
    }
  }

  private static Optional<Long> digested(Path file, MessageDigest digest) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long size = 0;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        requireWanted();
        digest.update(buffer, 0, count);
        size += count;
      }
      return Optional.of(size);
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }
}
