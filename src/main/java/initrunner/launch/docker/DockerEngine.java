package initrunner.launch.docker;

import java.util.List;

/// The container engine of a place, as its client there was found. Immutable.
///
/// @param program path of the client: whatever a command's `PATH` says, no other is started
/// @param asAccount options of `run` under which what a container writes belongs to the account
record DockerEngine(String program, Brand brand, List<String> asAccount) {

  enum Brand {
    DOCKER,
    PODMAN
  }

  DockerEngine {
    asAccount = List.copyOf(asAccount);
  }

  /// For a person.
  String name() {
    return switch (brand) {
      case DOCKER -> "docker";
      case PODMAN -> "podman";
    };
  }
}
