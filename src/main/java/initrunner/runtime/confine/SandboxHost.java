package initrunner.runtime.confine;

import java.util.Optional;

/// The host on which a role's commands run.
///
/// @param backend as a role names it
/// @param host present for another machine
/// @param directory where commands start by default; empty means the host's default
public record SandboxHost(String backend, Optional<String> host, Optional<String> directory) {

  /// The name for a person.
  public String name() {
    return host.orElse("this machine");
  }

  /// Where a command starts. Its own directory, unless it is absolute or starts at the home
  /// directory, is below the default one.
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
