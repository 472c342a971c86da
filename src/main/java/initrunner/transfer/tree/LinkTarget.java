package initrunner.transfer.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where symbolic links lead, as bytes. Stateless.
public final class LinkTarget {

  private LinkTarget() {}

  /// Where a link of this machine leads, one character for each byte.
  public static String bytes(Path link) throws IOException {
    return TreePath.bytesOf(Files.readSymbolicLink(link));
  }

  /// Whether a link in a tree leads to a place in that tree. Links that it passes on its way are
  /// judged by themselves; behind one, `..` would not be where the text says, so it may stand at
  /// the beginning only.
  ///
  /// @param link the name of the link, whose directories are no links
  public static boolean staysInside(TreePath link, String target) {
    if (target.isEmpty() || target.startsWith("/") || target.indexOf('\0') >= 0) {
      return false;
    }
    long depth = link.bytes().chars().filter(c -> c == '/').count();
    boolean isBelow = false;
    for (String part : target.split("/", -1)) {
      if (part.equals("..")) {
        depth--;
        if (isBelow || depth < 0) {
          return false;
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        isBelow = true;
      }
    }
    return true;
  }

  /// Makes a link.
  public static void create(Path link, String target) throws IOException {
    Files.createSymbolicLink(link, TreePath.path(target));
  }
}
