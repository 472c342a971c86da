package initrunner.exec.transport;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The programs of this machine, as `PATH` has them.
public final class SearchPath {

  private SearchPath() {}

  /// The first executable file of this name on `PATH`.
  public static Optional<Path> find(String program) {
    return find(program, own());
  }

  /// This process's own `PATH`.
  public static String own() {
    return Optional.ofNullable(System.getenv("PATH")).orElse("");
  }

  /// The first executable file of this name in a list of directories like `PATH`.
  public static Optional<Path> find(String program, String path) {
    if (program.indexOf('/') >= 0) {
      return Optional.of(Path.of(program)).filter(SearchPath::isProgram);
    }
    return Stream.of(path.split(Pattern.quote(File.pathSeparator)))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, program))
        .filter(SearchPath::isProgram)
        .findFirst();
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
