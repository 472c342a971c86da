package initrunner.runtime.confine;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The files that InitRunner's next start on this machine uses, besides those in the user's own
/// directories: the start script, its inputs and sources, its build, and the JDK. Immutable; blocks
/// on the file system only.
///
/// @param named absolute paths of files and directories, as a start names them
record StartFiles(List<Path> named) {

  /// The start script sets it to its own path.
  private static final String SCRIPT = "initrunner.script";

  /// The start script sets it to its own directory, or to that of what it starts.
  private static final String DIRECTORY = "initrunner.directory";

  private static final List<String> OF_THE_SCRIPT =
      List.of("initrunner", "dev", "pom.xml", ".mvn", "src/main", "target/launch");

  private static final String GIT = ".git";

  /// What was installed, with all that the script starts, holds this file.
  private static final String INSTALLED = "installed";

  StartFiles {
    named = named.stream().map(path -> path.toAbsolutePath().normalize()).distinct().toList();
  }

  /// @param environment of this process, which may name a JDK
  static StartFiles ofThisProcess(Map<String, String> environment) {
    List<Path> named = new ArrayList<>();
    property(SCRIPT).ifPresent(script -> named.add(Path.of(script)));
    property(DIRECTORY).map(Path::of).ifPresent(directory -> named.addAll(of(directory)));
    property("java.class.path").ifPresent(classPath -> entries(classPath).forEach(named::add));
    Stream.of(Optional.ofNullable(environment.get("JAVA_HOME")), property("java.home"))
        .flatMap(Optional::stream)
        .filter(home -> home.startsWith("/"))
        .map(Path::of)
        .forEach(named::add);
    return new StartFiles(named);
  }

  /// The files of a checkout with the start script, or all of what was installed.
  static List<Path> of(Path directory) {
    if (Files.exists(directory.resolve(INSTALLED), LinkOption.NOFOLLOW_LINKS)) {
      return List.of(directory);
    }
    List<Path> files = new ArrayList<>(OF_THE_SCRIPT.stream().map(directory::resolve).toList());
    Path git = directory.resolve(GIT);
    if (Files.exists(git, LinkOption.NOFOLLOW_LINKS)) {
      files.add(git);
    }
    return files;
  }

  private static Stream<Path> entries(String classPath) {
    return Stream.of(classPath.split(Pattern.quote(File.pathSeparator), -1)).map(Path::of);
  }

  private static Optional<String> property(String name) {
    return Optional.ofNullable(System.getProperty(name)).filter(value -> !value.isBlank());
  }
}
