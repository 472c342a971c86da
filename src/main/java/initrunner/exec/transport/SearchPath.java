package initrunner.exec.transport;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The programs of this machine, as `PATH` has them.
public final class SearchPath {

  /// What the system itself searches for a process without the variable, as some start one.
  private static final String WITHOUT_A_PATH = "/usr/local/bin:/usr/bin:/bin";

  private SearchPath() {}

  /// The first executable file of this name on `PATH`.
  public static Optional<Path> find(String program) {
    return find(program, own());
  }

  /// This process's own `PATH`; where that is not set or empty, the usual directories.
  public static String own() {
    return of(System.getenv());
  }

  /// The same of other variables.
  public static String of(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("PATH"))
        .filter(path -> !path.isEmpty())
        .orElse(WITHOUT_A_PATH);
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
