package initrunner.runtime.moved;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/// Keeps fetched files out of git's own: git runs programs that such files name. Stateless.
final class Repositories {

  private static final Set<String> NAMES_OF_GIT = Set.of(".git", "git~1");

  private Repositories() {}

  /// Refuses to make or replace a name in a directory if git would obey it.
  ///
  /// @param root the real path of the outermost directory that is looked at
  /// @throws LocalRefusalException if git would
  static void refuse(String local, Path root, Path directory, String name) {
    Path below = root.relativize(directory.resolve(name));
    for (Path part : below) {
      if (NAMES_OF_GIT.contains(plain(part.toString()))) {
        throw new LocalRefusalException(
            "'"
                + local
                + "' is in a .git directory, which is not written: git obeys what is there");
      }
    }
    String made = name.toLowerCase(Locale.ROOT);
    for (Path up = directory; up != null && up.startsWith(root); up = up.getParent()) {
      if (isRepository(up, made)) {
        throw new LocalRefusalException(
            "'"
                + local
                + "' is in a git repository's own directory, which is not written: git"
                + " obeys what is there");
      }
      made = "";
    }
  }

  /// Some file systems ignore case or invisible characters, drop dots and blanks at the end, or
  /// take what is behind a colon for another part.
  private static String plain(String name) {
    StringBuilder plain = new StringBuilder();
    name.toLowerCase(Locale.ROOT).chars().filter(c -> c < 128).forEach(c -> plain.append((char) c));
    String text = plain.toString();
    int colon = text.indexOf(':');
    String before = colon < 0 ? text : text.substring(0, colon);
    return before.replaceAll("[. ]+$", "");
  }

  /// Whether git takes it for a repository when this name, in small letters, is made in it.
  private static boolean isRepository(Path directory, String made) {
    return has(directory, "HEAD", made)
        && (has(directory, "commondir", made)
            || (has(directory, "objects", made) && has(directory, "refs", made)));
  }

  private static boolean has(Path directory, String name, String made) {
    return made.equals(name.toLowerCase(Locale.ROOT))
        || Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }
}
