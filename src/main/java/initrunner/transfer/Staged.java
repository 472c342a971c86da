package initrunner.transfer;

import initrunner.exec.Stdin;
import initrunner.text.Sha256;
import initrunner.transfer.host.HostTools;
import initrunner.transfer.host.HostTree;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The staging directory of one exchange on the host, and what an earlier attempt left in it.
/// Immutable.
final class Staged {

  /// Where the files are in it, under their own names.
  static final String TREE = "tree";

  private static final int PIECE_DIGITS = 32;

  private final String directory;
  private final boolean isThere;

  /// What is in it, by the names in it.
  private final TreeMap<TreePath, Seen> found = new TreeMap<>();

  /// @param key of the exchange
  Staged(String key, SortedMap<TreePath, Seen> entries) {
    directory = Selection.OWN + "push-" + key;
    TreePath own = new TreePath(directory);
    isThere = entries.containsKey(own);
    entries
        .tailMap(own)
        .forEach((path, seen) -> {
          if (path.isBelow(own)) {
            found.put(new TreePath(path.bytes().substring(directory.length() + 1)), seen);
          }
        });
  }

  static TreePath name(String key) {
    return new TreePath(Selection.OWN + "push-" + key);
  }

  /// Whether an earlier attempt left it.
  boolean isThere() {
    return isThere;
  }

  /// Its name in the root.
  String directory() {
    return directory;
  }

  /// Removes it from the host, with all that is in it.
  void remove(HostTree host) throws HostTree.LostException {
    var _ = host.run("clean.sh", List.of(directory), Stdin.nothing());
  }

  static TreePath inTree(TreePath path) {
    return new TreePath(TREE + "/" + path.bytes());
  }

  /// The name of a file that goes by itself.
  String piece(TreePath path) {
    byte[] name = path.bytes().getBytes(StandardCharsets.ISO_8859_1);
    return "p" + Sha256.hex(name).substring(0, PIECE_DIGITS);
  }

  Optional<Long> sizeOfPiece(TreePath path) {
    return Optional.ofNullable(found.get(new TreePath(piece(path)))).map(Seen::size);
  }

  /// Whether a file that goes by itself is among the others already, whole by its size.
  boolean isInPlace(TreePath path, Seen wanted) {
    return Optional.ofNullable(found.get(inTree(path)))
        .filter(seen -> seen.kind() == Kind.FILE && seen.size() == wanted.size())
        .isPresent();
  }

  /// Which files arrived whole: asks the host for the digests of those of the right size.
  Set<TreePath> arrived(
      HostTree host, HostTools tools, LocalTree local, SortedMap<TreePath, Seen> wanted)
      throws HostTree.LostException {
    List<TreePath> candidates =
        wanted.entrySet().stream()
            .filter(each -> each.getValue().kind() == Kind.FILE)
            .filter(each -> isInPlace(each.getKey(), each.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    List<TreePath> names = new ArrayList<>();
    candidates.forEach(path -> names.add(new TreePath(directory + "/" + inTree(path).bytes())));
    long bytes = candidates.stream().mapToLong(path -> sizeOf(path, wanted)).sum();
    List<Optional<String>> digests = host.digests(tools, names, bytes);
    Set<TreePath> arrived = new HashSet<>();
    for (int i = 0; i < candidates.size(); i++) {
      TreePath path = candidates.get(i);
      try {
        Optional<String> own = tools.onlyChecksums() ? local.checksum(path) : local.sha256(path);
        if (own.isPresent() && own.equals(digests.get(i))) {
          arrived.add(path);
        }
      } catch (IOException unreadable) {
        // It is read again, and named then.
      }
    }
    return arrived;
  }

  private static long sizeOf(TreePath path, SortedMap<TreePath, Seen> wanted) {
    return Optional.ofNullable(wanted.get(path)).map(Seen::size).orElse(0L);
  }

  /// Whether something has another kind than these, or is no directory and above one of them: a tar
  /// could write through it.
  boolean isOtherThan(SortedMap<TreePath, Seen> wanted) {
    return wanted.entrySet().stream()
        .anyMatch(each -> isOtherThan(each.getKey(), each.getValue().kind()));
  }

  private boolean isOtherThan(TreePath path, Kind kind) {
    Seen own = found.get(inTree(path));
    return (own != null && own.kind() != kind)
        || path.parent().filter(parent -> isOtherThan(parent, Kind.DIRECTORY)).isPresent();
  }

  /// What is in the way of these: names in [#TREE] that none of them has.
  List<TreePath> stale(SortedMap<TreePath, Seen> wanted) {
    return found.keySet().stream()
        .filter(name -> name.bytes().startsWith(TREE + "/"))
        .map(name -> new TreePath(name.bytes().substring(TREE.length() + 1)))
        .filter(name -> !wanted.containsKey(name) && isOnNoWay(name, wanted))
        .toList();
  }

  private static boolean isOnNoWay(TreePath name, SortedMap<TreePath, Seen> wanted) {
    SortedMap<TreePath, Seen> next = wanted.tailMap(name.firstBelow());
    return next.isEmpty() || !next.firstKey().isBelow(name);
  }

  /// Whether it was a directory.
  boolean isDirectory(TreePath inTree) {
    return Optional.ofNullable(found.get(inTree(inTree)))
        .filter(seen -> seen.kind() == Kind.DIRECTORY)
        .isPresent();
  }
}
