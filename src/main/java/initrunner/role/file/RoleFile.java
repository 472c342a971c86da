package initrunner.role.file;

import initrunner.text.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A role file, read once, so that its check, its digest and its runs have the same bytes even if
/// the file changes. Immutable.
///
/// @param path as the user gave it
/// @param text its characters
/// @param sha256 of its bytes, in hexadecimal digits
public record RoleFile(Path path, String text, String sha256) {

  private static final List<String> USUAL_NAMES = List.of("agent.yaml", "role.yaml");

  /// The role file of a path: for a directory, its `agent.yaml` or `role.yaml`. For a directory
  /// with both it is the directory itself: a command may have made one of them.
  public static Path of(Path path) {
    List<Path> found =
        USUAL_NAMES.stream()
            .filter(_ -> Files.isDirectory(path))
            .map(path::resolve)
            .filter(Files::isRegularFile)
            .toList();
    return found.size() == 1 ? found.getFirst() : path;
  }

  /// Blocks on the file system only.
  ///
  /// @param path of at most 1 MiB of UTF-8
  /// @throws ConfigException with the one fault that keeps the file from being read
  public static RoleFile read(Path path) {
    byte[] bytes = RoleText.bytes(path);
    return new RoleFile(path, RoleText.text(path, bytes), Sha256.hex(bytes));
  }
}
