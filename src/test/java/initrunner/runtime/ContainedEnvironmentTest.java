package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.RoleLoader;
import initrunner.role.SandboxSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainedEnvironmentTest {

  @TempDir Path directory;

  private ContainedEnvironment of(Map<String, String> environment) throws Exception {
    String role =
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: contained}
        spec:
          role: You work.
          security:
            sandbox:
              backend: bwrap
              env_passthrough: [LD_LIBRARY_PATH, HTTPS_PROXY, LC_ALL]
        """;
    Path file = Files.writeString(directory.resolve("role.yaml"), role);
    SandboxSettings settings = RoleLoader.load(file).sandbox();
    WritableDirectories writable = new WritableDirectories(List.of(directory.toRealPath()));
    return ContainedEnvironment.of(settings, environment, writable);
  }

  @Test
  void whatWouldSteerAStarterIsForCommandsAlone() throws Exception {
    String path = directory.toRealPath() + "/bin:/usr/bin";
    ContainedEnvironment environment =
        of(
            Map.of(
                "PATH", path,
                "LD_LIBRARY_PATH", "lib",
                "HTTPS_PROXY", "http://me:secret@proxy",
                "LC_ALL", "C",
                "HOME", "/home/me",
                "OTHER", "x"));
    assertThat(environment.outside())
        .isEqualTo(
            Map.of(
                "PATH", "/usr/bin",
                "HTTPS_PROXY", "http://me:secret@proxy",
                "LC_ALL", "C",
                "HOME", "/home/me"));
    assertThat(environment.inside()).isEqualTo(Map.of("PATH", path, "LD_LIBRARY_PATH", "lib"));
  }

  @Test
  void aPathOfWhichNothingIsLeftIsNotTheDirectoryInWhichCommandsStart() throws Exception {
    assertThat(of(Map.of("PATH", ".:bin")).outside()).isEqualTo(Map.of("PATH", "/usr/bin:/bin"));
  }
}
