package initrunner.runtime.confine;

import java.util.Optional;

/// Where a role's commands run.
///
/// @param backend as a role names it
/// @param host where it is another machine
/// @param directory where commands start that say nothing else; empty leaves that to the place
public record Place(String backend, Optional<String> host, Optional<String> directory) {

  /// For a person.
  public String name() {
    return host.orElse("this machine");
  }

  /// Where a command starts. Its own directory counts as it is where it is absolute or below the
  /// home directory, and is below the place's directory otherwise.
  public Optional<String> directoryOf(Optional<String> own) {
    if (own.isEmpty()) {
      return directory;
    }
    String path = own.get();
    boolean anchored = path.startsWith("/") || path.equals("~") || path.startsWith("~/");
    if (anchored || directory.isEmpty()) {
      return own;
    }
    String base = directory.get();
    return Optional.of(base.endsWith("/") ? base + path : base + "/" + path);
  }
}
