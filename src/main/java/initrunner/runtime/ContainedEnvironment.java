package initrunner.runtime;

import initrunner.role.SandboxSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a contained command on this machine finds of this process's environment: what any program
/// needs, and what the role passes on. Stateless.
final class ContainedEnvironment {

  private static final List<String> ANY_PROGRAM = List.of("PATH", "HOME", "LANG", "TERM");

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

  private ContainedEnvironment() {}

  /// @param environment of this process, without what is sensitive
  static Map<String, String> of(SandboxSettings settings, Map<String, String> environment) {
    Set<String> names =
        Stream.of(ANY_PROGRAM, ENGINE, settings.envPassthrough())
            .flatMap(List::stream)
            .collect(Collectors.toSet());
    Map<String, String> kept = new LinkedHashMap<>();
    environment.forEach((name, value) -> {
      if (names.contains(name)) {
        kept.put(name, value);
      }
    });
    return kept;
  }
}
