package initrunner.launch.docker;

import initrunner.launch.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a container is made of. Immutable.
///
/// @param image its name, as the engine has it
/// @param user `auto`, under which what is written belongs to the account that runs the engine's
///   client; a `uid:gid`; or empty for the image's own
/// @param runtime empty for the engine's default
/// @param root what a command may do with the image's own files
/// @param extraArguments further options of the engine's `run`
/// @param passedOn names of variables of the place that commands get, where they are set
public record DockerOptions(
    String image,
    Optional<String> user,
    Optional<String> runtime,
    Mount.Access root,
    List<String> extraArguments,
    List<String> passedOn) {

  /// The value of `user` by which it is found at the place.
  static final String AUTO = "auto";

  public DockerOptions {
    extraArguments = List.copyOf(extraArguments);
    passedOn = List.copyOf(passedOn);
  }

  /// The same with another program in front of each command than the image's own.
  DockerOptions withEntrypoint(String program) {
    List<String> more = new ArrayList<>(extraArguments);
    more.addAll(List.of("--entrypoint", program));
    return new DockerOptions(image, user, runtime, root, more, passedOn);
  }
}
