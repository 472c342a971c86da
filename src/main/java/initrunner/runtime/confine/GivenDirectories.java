package initrunner.runtime.confine;

import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import initrunner.role.sandbox.SystemDirectories;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Decides, by real paths, in which directories contained commands may write: none in which the
/// system, a login or a program looks for its configuration, and none that is or holds the home
/// directory, unless a role for a host asks for that. Immutable.
///
/// @param home of the account that commands run as, without links
record GivenDirectories(SandboxHost place, Path home) {

  private enum Reason {
    SYSTEM("is a system directory", "a host system path"),
    OBEYED(
        "is where logins and programs look for their configuration",
        "where logins and programs look for their configuration"),
    HOME("is or holds the home directory, with its keys", "which is or holds the home directory");

    private final String ofWork;
    private final String ofMount;

    Reason(String ofWork, String ofMount) {
      this.ofWork = ofWork;
      this.ofMount = ofMount;
    }
  }

  /// @param named the start directory as the role or the command names it
  /// @throws LauncherUnavailableException if no command may start in it
  void requireStart(Optional<String> named, Path real) {
    // On a host, these words ask for the whole home directory.
    if (place.host().isPresent() && named.filter(List.of("~", "~/")::contains).isPresent()) {
      return;
    }
    reason(real)
        .ifPresent(reason -> {
          throw new LauncherUnavailableException(
              "commands could write in '" + real + "' as /work, which " + reason.ofWork,
              place.host().isPresent()
                  ? "Name a directory of its own in ssh.remote_cwd, as ~/agent; remote_cwd: \"~\" (in"
                      + " quotes) gives commands all of the home directory."
                  : "Put the role in a directory of its own, and let its tools start there.");
        });
  }

  private Optional<Reason> reason(Path real) {
    if (SystemDirectories.includeOfHome(home, real)) {
      return Optional.of(Reason.OBEYED);
    }
    if (SystemDirectories.include(real)) {
      return Optional.of(Reason.SYSTEM);
    }
    return home.startsWith(real) ? Optional.of(Reason.HOME) : Optional.empty();
  }

  /// @throws LauncherUnavailableException if no command may write in it
  void requireMount(Mount mount) {
    if (mount.access() == Mount.Access.READ_ONLY) {
      return;
    }
    reason(Path.of(mount.source()))
        .ifPresent(reason -> {
          throw new LauncherUnavailableException(
              "the mount '%s' is of '%s', %s, and would be writable"
                  .formatted(mount.target(), mount.source(), reason.ofMount),
              "Name the subdirectory that is needed in bind_mounts or allowed_write_paths.");
        });
  }
}
