package initrunner.launch.docker;

import initrunner.exec.Command;
import initrunner.launch.Probe;
import java.time.Duration;
import java.util.Optional;

/// A host's container engine, as far as it is known without starting a container. Immutable.
///
/// @param engine `docker` or `podman`
/// @param runtimes the names of its runtimes, as the engine prints them; blank if it does not
/// @param image whether the host has the image; empty if none was named
public record DockerFacts(String engine, String runtimes, Optional<Boolean> image) {

  private static final Duration BOUND = Duration.ofSeconds(15);

  /// Asks a host. Blocks; fetches nothing.
  ///
  /// @param image the name of an image
  /// @throws LauncherUnavailableException if there is no engine, or it does not answer
  /// @throws TransportException if the host cannot be asked
  public static DockerFacts of(Optional<String> image, Probe probe) {
    DockerEngine engine = new DockerProbe(probe).engine(Optional.empty());
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
