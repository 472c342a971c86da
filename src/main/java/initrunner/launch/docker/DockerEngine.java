package initrunner.launch.docker;

import java.util.List;

/// The container engine of a host, and its client there. Immutable.
///
/// @param program absolute path of the client, so that a command's `PATH` cannot choose another one
/// @param asAccount options of `run` with which the account owns the files that a container writes
record DockerEngine(String program, Brand brand, List<String> asAccount) {

  enum Brand {
    DOCKER,
    PODMAN
  }

  DockerEngine {
    asAccount = List.copyOf(asAccount);
  }

  String name() {
    return switch (brand) {
      case DOCKER -> "docker";
      case PODMAN -> "podman";
    };
  }
}
