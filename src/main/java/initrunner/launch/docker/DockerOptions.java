package initrunner.launch.docker;

import initrunner.launch.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The options of a role's containers. Immutable.
///
/// @param image its name
/// @param user `auto`, so that the account that runs the engine's client owns the files that a
///   command writes; a `uid:gid`; or empty for the image's own
/// @param runtime empty for the engine's default
/// @param root what a command may do with the image's own files
/// @param extraArguments more options of the engine's `run`
/// @param passedOn names of the host's variables that commands get, if they are set
public record DockerOptions(
    String image,
    Optional<String> user,
    Optional<String> runtime,
    Mount.Access root,
    List<String> extraArguments,
    List<String> passedOn) {

  static final String AUTO = "auto";

  public DockerOptions {
    extraArguments = List.copyOf(extraArguments);
    passedOn = List.copyOf(passedOn);
  }

  /// The same with another program in place of the image's entrypoint.
  DockerOptions withEntrypoint(String program) {
    List<String> more = new ArrayList<>(extraArguments);
    more.addAll(List.of("--entrypoint", program));
    return new DockerOptions(image, user, runtime, root, more, passedOn);
  }
}
