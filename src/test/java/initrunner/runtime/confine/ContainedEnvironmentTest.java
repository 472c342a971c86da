package initrunner.runtime.confine;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.launch.ObeyedVariables;
import initrunner.role.RoleLoader;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.schema.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /// Neither package uses the other, so this compares their lists.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATH",
        "HOME",
        "TMPDIR",
        "ENV",
        "BASH_ENV",
        "SHELLOPTS",
        "BASHOPTS",
        "IFS",
        "PS4",
        "CDPATH",
        "GLIBC_TUNABLES",
        "GCONV_PATH",
        "LOCPATH",
        "NLSPATH",
        "NOTIFY_SOCKET",
        "LISTEN_FDS",
        "GODEBUG",
        "GOTRACEBACK",
        "DBUS_SESSION_BUS_ADDRESS",
        "REGISTRY_AUTH_FILE",
        "STORAGE_OPTS",
        "CONTAINER_HOST",
        "_CONTAINERS_ROOTLESS_UID",
        "CONTAINERS_CONF",
        "LD_PRELOAD",
        "DOCKER_HOST",
        "BUILDKIT_HOST",
        "BUILDAH_FORMAT",
        "PODMAN_X",
        "XDG_DATA",
        "SSL_CERT_FILE",
        "SSH_AUTH_SOCK",
        "SLURM_CONF",
        "SLURMD_X",
        "SRUN_X",
        "SQUEUE_X",
        "SCANCEL_X",
        "MUNGE_X",
        "PMI_X",
        "PMIX_X",
        "TOKEN",
        "path",
        "LANG",
        "PATHS",
        "LDX",
        "http_proxy"
      })
  void aRoleRefusesAsASecretWhatLaunchersWouldKeepFromAStarter(String name) throws Exception {
    String role =
        "{apiVersion: initrunner/v1, kind: Agent, metadata: {name: contained}, spec: {role: You"
            + " work., security: {sandbox: {backend: bwrap, secret_env: ["
            + name
            + "]}}}}";
    Path file = Files.writeString(directory.resolve("role.yaml"), role);
    boolean isRefused = false;
    try {
      RoleLoader.load(file);
    } catch (ConfigException e) {
      isRefused = true;
    }
    assertThat(isRefused).isEqualTo(ObeyedVariables.isObeyed(name) && !name.endsWith("_proxy"));
  }

  @Test
  void aPathOfWhichNothingIsLeftIsNotTheDirectoryInWhichCommandsStart() throws Exception {
    assertThat(of(Map.of("PATH", ".:bin")).outside()).isEqualTo(Map.of("PATH", "/usr/bin:/bin"));
  }
}
