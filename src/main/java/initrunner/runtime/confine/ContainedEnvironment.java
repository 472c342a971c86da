package initrunner.runtime.confine;

import initrunner.exec.transport.SearchPath;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.ObeyedVariables;
import initrunner.role.sandbox.SandboxSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The variables of this process that a contained command on this machine gets: those that every
/// program needs, and those that the role passes on. Immutable.
///
/// @param outside for the launcher and the command; of `PATH`, only directories that no command may
///   write to
/// @param inside for the command alone
/// @param writable where commands may write
public record ContainedEnvironment(
    Map<String, String> outside, Map<String, String> inside, WritableDirectories writable) {

  private static final String PATH = "PATH";

  /// POSIX utilities are there on every common system. An empty `PATH` would mean the start
  /// directory of a command.
  private static final String LEAST_PATH = "/usr/bin:/bin";

  private static final List<String> ANY_PROGRAM = List.of("HOME", "LANG", "TERM");

  /// Variables for the client of a container engine, which passes none of them on.
  private static final List<String> ENGINE =
      List.of(
          "DOCKER_HOST",
          "DOCKER_CONTEXT",
          "DOCKER_CONFIG",
          "DOCKER_TLS_VERIFY",
          "DOCKER_CERT_PATH",
          "CONTAINER_HOST",
          "XDG_RUNTIME_DIR",
          "DBUS_SESSION_BUS_ADDRESS");

  /// Selects the variables for contained commands.
  ///
  /// @param environment of this process, without sensitive variables
  public static ContainedEnvironment of(
      SandboxSettings settings, Map<String, String> environment, WritableDirectories writable) {
    Map<String, String> outside = new LinkedHashMap<>();
    Map<String, String> inside = new LinkedHashMap<>();
    environment.forEach((name, value) -> {
      boolean isPassedOn = settings.envPassthrough().contains(name);
      if (name.equals(PATH)) {
        String path = writable.outside(value);
        outside.put(name, path.isEmpty() ? LEAST_PATH : path);
      } else if (ANY_PROGRAM.contains(name)
          || ENGINE.contains(name)
          || (isPassedOn && !isForCommandsAlone(name))) {
        outside.put(name, value);
      }
      if (name.equals(PATH) || (isPassedOn && isForCommandsAlone(name))) {
        inside.put(name, value);
      }
    });
    return new ContainedEnvironment(outside, inside, writable);
  }

  /// Process lists show what is set inside. A proxy's address may hold a password, so it is set
  /// outside; commands cannot change anything it leads to.
  private static boolean isForCommandsAlone(String name) {
    return ObeyedVariables.isObeyed(name) && !name.toLowerCase(Locale.ROOT).endsWith("_proxy");
  }

  /// Checks that commands cannot change the program that starts them.
  ///
  /// @param programs candidates; the first one found starts commands
  /// @throws LauncherUnavailableException if commands could change it, or every candidate
  public void requireUnchangeable(String backend, String... programs) {
    found("sh").ifPresent(shell -> requireUnchangeable(backend, shell));
    found(programs).ifPresent(program -> requireUnchangeable(backend, program));
  }

  /// The first candidate outside of the writable directories, or else the first one inside.
  private Optional<Path> found(String... programs) {
    return Stream.of(outside, inside)
        .map(variables -> variables.getOrDefault(PATH, LEAST_PATH))
        .flatMap(path -> Stream.of(programs).flatMap(each -> SearchPath.find(each, path).stream()))
        .findFirst();
  }

  /// Checks that commands cannot change the configuration of the engine's client, which may name
  /// programs to start.
  ///
  /// @throws LauncherUnavailableException if they can
  public void requireUnchangeableClient() {
    Stream.concat(Stream.of("HOME"), ENGINE.stream())
        .forEach(name -> {
          String path = outside.getOrDefault(name, "").replaceFirst("^unix://", "");
          if (path.startsWith("/") && writable.hold(Path.of(path))) {
            throw new LauncherUnavailableException(
                "Sandbox backend 'docker' unavailable: "
                    + name
                    + " leads to "
                    + path
                    + ", which commands may change",
                "Set it to where they cannot write, or put the role elsewhere.");
          }
        });
  }

  private void requireUnchangeable(String backend, Path file) {
    if (writable.hold(file)) {
      throw new LauncherUnavailableException(
          "Sandbox backend '"
              + backend
              + "' unavailable: "
              + file.getFileName()
              + " on PATH is "
              + file
              + ", which commands may change",
          "Put it where they cannot write, as by the system's packages, or take its directory off"
              + " PATH.");
    }
  }
}
