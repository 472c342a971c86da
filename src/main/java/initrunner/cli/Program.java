package initrunner.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The start script of this process. Stateless.
final class Program {

  /// The start script sets it to the path by which it was called.
  private static final String SCRIPT = "initrunner.script";

  private Program() {}

  /// Its absolute path, by the name by which it was called: a link stays one, so that it may later
  /// lead to another version. Empty if a JVM was started without the script.
  static Optional<Path> path() {
    return Optional.ofNullable(System.getProperty(SCRIPT))
        .filter(script -> !script.isEmpty())
        .map(script -> plain(Path.of(script)));
  }

  /// The absolute path without `.` and `..`, where that names the same file: behind a link, `..` is
  /// another directory.
  static Path plain(Path file) {
    Path absolute = file.toAbsolutePath();
    Path plain = absolute.normalize();
    try {
      return Files.isSameFile(plain, absolute) ? plain : absolute;
    } catch (IOException e) {
      return absolute;
    }
  }
}
