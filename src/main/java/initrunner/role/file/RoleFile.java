package initrunner.role.file;

import initrunner.text.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A role file, read once: what is checked, what is used and what is told apart from another
/// version are the same bytes, whatever becomes of the file. Immutable.
///
/// @param path as it was given
/// @param text its characters
/// @param sha256 of its bytes, in hexadecimal digits
public record RoleFile(Path path, String text, String sha256) {

  private static final List<String> USUAL_NAMES = List.of("agent.yaml", "role.yaml");

  /// The file that a user means by a path: of a directory, its `agent.yaml` or its `role.yaml`. Of
  /// a directory that has both it is neither: a command may have put the other one there.
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
