package initrunner.door.connect;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where the files of clients are. Immutable.
///
/// @param home of the user
/// @param project the directory of a project; empty for all of the user's projects
/// @param environment of this process; some clients look there for their directory
/// @param system the operating system's name, as the JDK has it
public record FileLocations(
    Path home, Optional<Path> project, Map<String, String> environment, String system) {

  public FileLocations {
    environment = Map.copyOf(environment);
  }

  /// A file of a project, or else one of the user.
  Path file(String inProject, Path ofUser) {
    return project.map(directory -> directory.resolve(inProject)).orElse(ofUser);
  }

  /// The directory that a variable names, or one in the home directory.
  Path directory(String variable, String inHome) {
    return named(variable).orElseGet(() -> home.resolve(inHome));
  }

  Optional<Path> named(String variable) {
    return Optional.ofNullable(environment.get(variable))
        .filter(value -> !value.isEmpty())
        .map(Path::of);
  }

  boolean isMac() {
    return system.startsWith("Mac");
  }
}
