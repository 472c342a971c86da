package initrunner.transfer;

import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TreePath;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The directories that come from a host and are not here yet: each is put together beside the
/// tree, and comes to its place as a whole. Immutable.
final class NewDirectories {

  /// The uppermost new directory of each name in one, and of itself.
  private final Map<TreePath, TreePath> tops = new HashMap<>();

  /// Those, and the new directories in them, each before what is in it.
  private final List<TreePath> all = new ArrayList<>();

  /// @param fetches in their order
  /// @param there what the host has
  /// @param root of the tree here
  NewDirectories(List<TreePath> fetches, Map<TreePath, Seen> there, Path root) {
    for (TreePath path : fetches) {
      Optional<TreePath> above =
          path.parent().filter(parent -> isDirectory(there, parent)).map(tops::get);
      boolean isDirectory = isDirectory(there, path);
      if (above.isPresent()) {
        tops.put(path, above.get());
      } else if (isDirectory
          && path.parent().map(there::get).filter(it -> it.kind() != Kind.DIRECTORY).isEmpty()
          && Files.notExists(path.in(root), LinkOption.NOFOLLOW_LINKS)) {
        tops.put(path, path);
      }
      if (isDirectory && tops.containsKey(path)) {
        all.add(path);
      }
    }
  }

  private static boolean isDirectory(Map<TreePath, Seen> there, TreePath path) {
    return Optional.ofNullable(there.get(path))
        .filter(seen -> seen.kind() == Kind.DIRECTORY)
        .isPresent();
  }

  /// The uppermost new directory that a name is in, or is.
  Optional<TreePath> topOf(TreePath path) {
    return Optional.ofNullable(tops.get(path));
  }

  /// All of them, each before what is in it.
  List<TreePath> all() {
    return all;
  }
}
