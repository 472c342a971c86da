package initrunner.transfer;

import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.LinkTarget;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.Stamp;
import initrunner.transfer.tree.TreePath;
import initrunner.transfer.tree.Version;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Puts what has arrived in its place here, and removes what goes. Nothing outside of the tree is
/// written, and nothing that changed since the look is overwritten; the host is not trusted. For
/// one attempt and one thread.
final class LocalPlacement {

  private static final int OWNERS = 0700;

  private final LocalTree local;
  private final Sides sides;
  private final Arrivals arrivals;
  private final Map<TreePath, String> digests;
  private final LastExchange last;
  private final NewDirectories newDirectories;
  private final TreeMap<TreePath, Version> placed = new TreeMap<>();
  private final List<String> refused = new ArrayList<>();

  /// The times that files got.
  private final Map<TreePath, Long> times = new HashMap<>();

  /// The uppermost new directories that have come.
  private final Set<TreePath> whole = new HashSet<>();

  private boolean again;

  /// @param digests of the files that have arrived, as the host's program gives them
  LocalPlacement(
      LocalTree local,
      Sides sides,
      Arrivals arrivals,
      Map<TreePath, String> digests,
      LastExchange last,
      NewDirectories newDirectories) {
    this.local = local;
    this.sides = sides;
    this.arrivals = arrivals;
    this.digests = digests;
    this.last = last;
    this.newDirectories = newDirectories;
  }

  /// What came of it.
  ///
  /// @param again whether something changed here since the look
  /// @param refused what is not written, each with the reason
  record Result(Set<TreePath> placed, boolean again, List<String> refused) {}

  /// Does all of it.
  Result run(List<TreePath> fetches, List<TreePath> removals) throws IOException {
    for (TreePath path : removals.reversed()) {
      remove(path);
    }
    for (TreePath path : fetches) {
      Optional<TreePath> top = newDirectories.topOf(path);
      if (top.isEmpty()) {
        place(path);
      } else if (top.get().equals(path)) {
        placeWhole(path, fetches);
      }
    }
    fetches.stream()
        .filter(this::hasCome)
        .forEach(path ->
            Optional.ofNullable(sides.there().get(path)).ifPresent(seen -> noted(path, seen)));
    giveModes();
    note();
    return new Result(placed.keySet(), again, refused);
  }

  // Removal.

  private void remove(TreePath path) throws IOException {
    Optional<Seen> seen = local.seen(path);
    if (seen.isEmpty()) {
      last.remove(path);
    } else if (isUnchanged(path, seen) && isInRealDirectory(path)) {
      try {
        Files.delete(path.in(local.root()));
        last.remove(path);
      } catch (DirectoryNotEmptyException e) {
        // It holds files of others, and stays.
      } catch (NoSuchFileException e) {
        last.remove(path);
      }
    } else {
      again = true;
    }
  }

  /// Whether it is what the look found. A directory is by being one.
  private boolean isUnchanged(TreePath path, Optional<Seen> now) {
    Optional<Seen> before = Optional.ofNullable(sides.here().get(path));
    if (before.isEmpty() || now.isEmpty()) {
      return before.isEmpty() && now.isEmpty();
    }
    return before.get().kind() == Kind.DIRECTORY
        ? now.get().kind() == Kind.DIRECTORY
        : before.equals(now);
  }

  /// No directory on the way is a link by now.
  private boolean isInRealDirectory(TreePath path) {
    Optional<TreePath> parent = path.parent();
    if (parent.isEmpty()) {
      return true;
    }
    Path directory = parent.get().in(local.root());
    return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        && isInRealDirectory(parent.get());
  }

  // Placement.

  /// A directory that is new here, with all that is in it.
  private void placeWhole(TreePath top, List<TreePath> fetches) throws IOException {
    Path target = top.in(local.root());
    if (!isInRealDirectory(top) || Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      again = true;
      return;
    }
    for (TreePath path : fetches) {
      Seen seen = sides.there().get(path);
      if (seen != null && newDirectories.topOf(path).equals(Optional.of(top))) {
        finish(path, seen);
      }
    }
    move(arrivals.file(top), target);
    whole.add(top);
  }

  /// Gives what is in a new directory all that it has in the end.
  private void finish(TreePath path, Seen seen) throws IOException {
    switch (seen.kind()) {
      case DIRECTORY -> {}
      case LINK -> LinkTarget.create(arrivals.file(path), seen.target());
      case FILE -> {
        if (digests.containsKey(path)) {
          finishFile(arrivals.file(path), path, seen, true);
        }
      }
    }
  }

  /// @param isNew whether there was none before; that keeps its time
  private void finishFile(Path file, TreePath path, Seen seen, boolean isNew) throws IOException {
    Files.setPosixFilePermissions(file, permissions(seen.mode()));
    // Changed content is newer than what was made of the old one.
    long modified =
        isNew ? seen.stamp().modified() : TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    Files.setLastModifiedTime(file, FileTime.from(modified, TimeUnit.NANOSECONDS));
    times.put(path, modified);
  }

  private boolean hasCome(TreePath path) {
    return newDirectories.topOf(path).filter(whole::contains).isPresent()
        && (isNoFile(path) || digests.containsKey(path));
  }

  private boolean isNoFile(TreePath path) {
    return Optional.ofNullable(sides.there().get(path))
        .filter(seen -> seen.kind() != Kind.FILE)
        .isPresent();
  }

  private void noted(TreePath path, Seen seen) {
    placed.put(path, seen.version(digests.getOrDefault(path, "")));
  }

  private void place(TreePath path) throws IOException {
    Seen seen = sides.there().get(path);
    if (seen == null || (seen.kind() == Kind.FILE && !digests.containsKey(path))) {
      return;
    }
    Optional<Seen> now = local.seen(path);
    if (!isInRealDirectory(path) || !isUnchanged(path, now)) {
      again = true;
      return;
    }
    Path target = path.in(local.root());
    if (now.isPresent()
        && (now.get().kind() == Kind.DIRECTORY) != (seen.kind() == Kind.DIRECTORY)) {
      try {
        Files.delete(target);
      } catch (DirectoryNotEmptyException e) {
        refused.add(path.text() + ": a directory here, with files that take no part");
        return;
      }
    }
    switch (seen.kind()) {
      case DIRECTORY -> makeDirectory(target, seen);
      case LINK -> {
        Path link = arrivals.file(path);
        Files.deleteIfExists(link);
        LinkTarget.create(link, seen.target());
        move(link, target);
      }
      case FILE -> {
        Path file = arrivals.file(path);
        finishFile(file, path, seen, now.isEmpty());
        move(file, target);
      }
    }
    noted(path, seen);
  }

  static void makeDirectory(Path target, Seen seen) throws IOException {
    if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(target);
      Files.setPosixFilePermissions(target, permissions(seen.mode() | OWNERS));
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(to + " is on another file system than its tree", e);
    }
  }

  static Set<PosixFilePermission> permissions(int mode) {
    EnumSet<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] fromOwnersRead = PosixFilePermission.values();
    for (int bit = 0; bit < fromOwnersRead.length; bit++) {
      if ((mode & (0400 >> bit)) != 0) {
        permissions.add(fromOwnersRead[bit]);
      }
    }
    return permissions;
  }

  /// Directories that their owner may not write in get their permissions when all is in them.
  private void giveModes() throws IOException {
    for (TreePath path : placed.descendingKeySet()) {
      Seen seen = sides.there().get(path);
      if (seen != null && seen.kind() == Kind.DIRECTORY && (seen.mode() & OWNERS) != OWNERS) {
        Files.setPosixFilePermissions(path.in(local.root()), permissions(seen.mode()));
      }
    }
  }

  /// Not one that a person's edit has since.
  private boolean isOurs(TreePath path, Stamp stamp) {
    Seen seen = sides.there().get(path);
    return seen != null
        && seen.size() == stamp.size()
        && times.getOrDefault(path, stamp.modified()) == stamp.modified();
  }

  private void note() throws IOException {
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    for (Map.Entry<TreePath, Version> each : placed.entrySet()) {
      TreePath path = each.getKey();
      Optional<Stamp> here =
          local
              .seen(path)
              .map(Seen::stamp)
              .filter(stamp -> stamp.isSettled(now) && isOurs(path, stamp));
      Optional<Stamp> there =
          Optional.ofNullable(sides.there().get(path)).flatMap(sides::settledThere);
      last.put(path, new Known(each.getValue(), here, there));
    }
    last.save();
  }
}
