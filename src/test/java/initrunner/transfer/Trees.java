package initrunner.transfer;

import initrunner.transfer.tree.LinkTarget;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Trees of files as values, for comparisons.
final class Trees {

  private Trees() {}

  /// Each name with what it is: permissions and content, or where a link leads.
  static Map<String, String> of(Path root) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        if (!file.equals(root)) {
          all.put(TreePath.bytesOf(root.relativize(file)), what(file));
        }
      }
    }
    return all;
  }

  private static String what(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return "-> " + LinkTarget.bytes(file);
    }
    if (!Files.isRegularFile(file) && !Files.isDirectory(file)) {
      // Opening a pipe would wait for its writer.
      return "neither file nor directory";
    }
    String mode =
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    return Files.isDirectory(file)
        ? "directory " + mode
        : mode + " " + initrunner.text.Sha256.hex(Files.readAllBytes(file));
  }
}
