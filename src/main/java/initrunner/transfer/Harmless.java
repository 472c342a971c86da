package initrunner.transfer;

import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.LinkTarget;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What of a host's names may come here. The host is not trusted. Stateless.
///
/// @param taken in their order
/// @param refused the others, each with the reason
record Harmless(List<TreePath> taken, List<String> refused) {

  private static final String IGNORE_FILE = ".gitignore";

  /// Judges names by what the look told of them.
  ///
  /// @param staging a directory on the file system of the tree, which is there
  static Harmless of(List<TreePath> fetches, Sides sides, Rules.Take take, Path staging)
      throws IOException {
    List<TreePath> taken = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (TreePath path : fetches) {
      Seen seen = sides.there().get(path);
      if (seen == null) {
        continue;
      }
      if (seen.kind() == Kind.LINK && !LinkTarget.staysInside(path, seen.target())) {
        refused.add(path.text() + ": a link that leads out of the tree");
      } else if (isRepository(path.bytes())) {
        refused.add(path.text() + ": a repository's own files; fetch them with git");
      } else if (seen.kind() == Kind.LINK && isRepository(seen.target())) {
        refused.add(path.text() + ": a link to a repository's own files");
      } else if (path.name().equals(IGNORE_FILE) && take != Rules.Take.THERE) {
        refused.add(
            path.text()
                + ": it decides which files of this machine go to the host; look at it, and take"
                + " it with --take there");
      } else {
        taken.add(path);
      }
    }
    return ignoresCase(staging)
        ? withoutClashes(taken, refused, sides)
        : new Harmless(taken, refused);
  }

  /// Git runs programs that these files name.
  private static boolean isRepository(String path) {
    for (String part : path.split("/", -1)) {
      if (part.toLowerCase(Locale.ROOT).equals(".git")) {
        return true;
      }
    }
    return false;
  }

  /// Two names that are one on a file system that ignores case would overwrite each other.
  private static Harmless withoutClashes(
      List<TreePath> fetches, List<String> refused, Sides sides) {
    Map<String, TreePath> byFolded = new TreeMap<>();
    sides.here().keySet().forEach(path -> byFolded.put(folded(path), path));
    List<TreePath> apart = new ArrayList<>();
    for (TreePath path : fetches) {
      TreePath other = byFolded.putIfAbsent(folded(path), path);
      if (other == null || other.equals(path)) {
        apart.add(path);
      } else {
        refused.add(path.text() + ": the same name as " + other.text() + " on this file system");
      }
    }
    return new Harmless(apart, refused);
  }

  private static String folded(TreePath path) {
    String composed = Normalizer.normalize(path.text(), Normalizer.Form.NFC);
    return composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static boolean ignoresCase(Path staging) throws IOException {
    Path probe = staging.resolve("case-probe");
    Files.deleteIfExists(probe);
    Files.createFile(probe);
    try {
      return Files.exists(staging.resolve("CASE-PROBE"));
    } finally {
      Files.delete(probe);
    }
  }
}
