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

/// What a contained command on this machine finds of this process's environment: what any program
/// needs, and what the role passes on. Immutable.
///
/// @param outside what starts a command finds too; of `PATH`, only directories that no command may
///   write to
/// @param inside what the command alone finds
/// @param writable where commands may write
public record ContainedEnvironment(
    Map<String, String> outside, Map<String, String> inside, WritableDirectories writable) {

  private static final String PATH = "PATH";

  /// POSIX has its utilities there wherever it matters: an empty list would be the directory in
  /// which a command starts.
  private static final String LEAST_PATH = "/usr/bin:/bin";

  private static final List<String> ANY_PROGRAM = List.of("HOME", "LANG", "TERM");

  /// How a container engine is found; it hands none of them on.
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

  /// What contained commands get of an environment.
  ///
  /// @param environment of this process, without what is sensitive
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

  /// What is set inside stands in arguments. A proxy's address may hold a password, and leads to
  /// nothing that commands could change.
  private static boolean isForCommandsAlone(String name) {
    return ObeyedVariables.isObeyed(name) && !name.toLowerCase(Locale.ROOT).endsWith("_proxy");
  }

  /// Makes sure that commands cannot change what will start them.
  ///
  /// @param programs the first of them that is there is the one that starts commands
  /// @throws LauncherUnavailableException if they can, or could change all that there is of it
  public void requireUnchangeable(String backend, String... programs) {
    found("sh").ifPresent(shell -> requireUnchangeable(backend, shell));
    found(programs).ifPresent(program -> requireUnchangeable(backend, program));
  }

  /// The one that is taken, or else the one that would be if nobody could change it.
  private Optional<Path> found(String... programs) {
    return Stream.of(outside, inside)
        .map(variables -> variables.getOrDefault(PATH, LEAST_PATH))
        .flatMap(path -> Stream.of(programs).flatMap(each -> SearchPath.find(each, path).stream()))
        .findFirst();
  }

  /// Makes sure that commands cannot change what the client of an engine reads, as its
  /// configuration, which may name programs for it to start.
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
