package initrunner.launch.docker;

import initrunner.exec.Command;
import initrunner.launch.Mount;
import initrunner.launch.Probe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a place's container engine is like, as far as that is known without starting a container.
/// Immutable.
///
/// @param engine its client: `docker` or `podman`
/// @param runtimes what its runtimes are called, in the engine's own form; blank where it does not
///   say
/// @param image whether the image that was asked for is there; empty where none was
public record DockerFacts(String engine, String runtimes, Optional<Boolean> image) {

  private static final Duration BOUND = Duration.ofSeconds(15);

  /// Asks a place. Blocks; fetches nothing.
  ///
  /// @param image the name of one that is to be there
  /// @throws LauncherUnavailableException if there is no engine, or none that answers
  /// @throws TransportException if the place cannot be asked
  public static DockerFacts of(Optional<String> image, Probe probe) {
    DockerOptions any =
        new DockerOptions(
            image.orElse(""),
            Optional.empty(),
            Optional.empty(),
            Mount.Access.READ_ONLY,
            List.of(),
            List.of());
    DockerEngine engine = new DockerProbe(probe).engine(any);
    String runtimes =
        switch (engine.brand()) {
          case DOCKER ->
              probe
                  .ask(
                      Command.of(engine.program(), "info", "--format", "{{json .Runtimes}}"), BOUND)
                  .stdout();
          case PODMAN -> "";
        };
    return new DockerFacts(
        engine.name(),
        runtimes,
        image.map(name ->
            probe.ask(Command.of(engine.program(), "image", "inspect", name), BOUND).status()
                == 0));
  }
}
