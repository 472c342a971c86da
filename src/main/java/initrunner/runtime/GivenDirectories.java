package initrunner.runtime;

import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import initrunner.role.SystemDirectories;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Which directories contained commands may be given to write in, by their real paths: none of the
/// system's, and on this machine none that is or holds the home directory. Immutable.
///
/// @param home of the account that commands run as
record GivenDirectories(Place place, Path home) {

  /// @param named where a command starts, as it is named
  /// @throws LauncherUnavailableException if no command may
  void requireStart(Optional<String> named, Path real) {
    boolean isHost = place.host().isPresent();
    // There, these words say that all of the home directory is meant.
    if (isHost && named.filter(List.of("~", "~/")::contains).isPresent()) {
      return;
    }
    if (SystemDirectories.include(real)) {
      throw refused(real, "is a system directory");
    }
    if (!isHost && home.startsWith(real)) {
      throw refused(real, "is or holds the home directory, with its keys");
    }
  }

  private LauncherUnavailableException refused(Path real, String what) {
    return new LauncherUnavailableException(
        "commands could write in '" + real + "' as /work, which " + what,
        place.host().isPresent()
            ? "Name a directory of its own in ssh.remote_cwd, as ~/agent."
            : "Put the role in a directory of its own, and let its tools start there.");
  }

  /// @throws LauncherUnavailableException if no command may write in it
  void requireMount(Mount mount) {
    if (mount.access() == Mount.Access.READ_WRITE
        && SystemDirectories.include(Path.of(mount.source()))) {
      throw new LauncherUnavailableException(
          "what is mounted as '"
              + mount.target()
              + "' is '"
              + mount.source()
              + "', a host system path, and would be writable",
          "Name the subdirectory that is needed in bind_mounts or allowed_write_paths.");
    }
  }
}
