package initrunner.runtime.mounts;

import initrunner.launch.LauncherUnavailableException;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// What is copied: a directory, or one file of it. Immutable; blocks on the file system only.
///
/// @param root the real path of the directory
/// @param only the file's name in it; empty for all of the directory
record LocalSource(Path root, Optional<TreePath> only) {

  /// @param home the user's directory of this product, which is never copied
  /// @throws LauncherUnavailableException if it is not there, or may not leave this machine
  static LocalSource of(Path source, Path home) {
    Path real;
    Path kept;
    try {
      real = source.toRealPath();
      kept = Files.exists(home) ? home.toRealPath() : home;
    } catch (IOException e) {
      throw new LauncherUnavailableException(
          "the source of a mount does not exist: " + source,
          "Create it, or correct source in bind_mounts.");
    }
    if (kept.startsWith(real) || real.startsWith(kept)) {
      throw new LauncherUnavailableException(
          "a mount would copy InitRunner's own files to the host: " + source,
          "Name another source in bind_mounts.");
    }
    Path parent = real.getParent();
    return parent == null || Files.isDirectory(real)
        ? new LocalSource(real, Optional.empty())
        : new LocalSource(parent, Optional.of(new TreePath(TreePath.nameOf(real))));
  }

  /// All of it, with what git ignores.
  Selection selection() {
    Selection whole = Selection.whole();
    return only.map(name -> whole.only(Set.of(name))).orElse(whole);
  }

  Path path() {
    return only.map(name -> name.in(root)).orElse(root);
  }

  /// The copy's path, if it is in this directory.
  String pathIn(String directory) {
    return only.map(name -> directory + "/" + name.text()).orElse(directory);
  }
}
