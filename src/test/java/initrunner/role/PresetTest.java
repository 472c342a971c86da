package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.Security.Preset;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A preset is checked as if the role had its fields.
class PresetTest {

  /// One for each rule about a sandbox, and whether it is broken where commands are contained.
  private static final List<String> BROKEN_WHERE_CONTAINED =
      List.of(
          "secret_env: [LD_PRELOAD]",
          "secret_env: [PATH]",
          "allowed_read_paths: [~/x]",
          "allowed_write_paths: [/etc]",
          "allowed_write_paths: [/work]",
          "bind_mounts: [{source: /usr, target: /data, read_only: false}]",
          "bind_mounts: [{source: a, target: /role}]",
          "bind_mounts: [{source: a, target: /data}, {source: b, target: /data}]");

  private static final List<String> BROKEN_NOWHERE =
      List.of(
          "secret_env: [DEPLOY_TOKEN]",
          "network: bridge",
          "limits: best_effort",
          "allowed_write_paths: [out]",
          "ssh: {host: h, launcher: docker}");

  @TempDir private Path directory;

  private List<String> faults(Preset preset, String sandbox) throws IOException {
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            "name: small\nprompt: x\nsecurity:\n  preset: %s\n  sandbox: {%s}\n"
                .formatted(preset.name().toLowerCase(Locale.ROOT), sandbox));
    try {
      RoleLoader.load(role);
      return List.of();
    } catch (ConfigException e) {
      return e.faults().stream().map(ConfigFault::toString).toList();
    }
  }

  private static Backend backendOf(Preset preset) {
    return switch (preset) {
      case SANDBOX -> Backend.AUTO;
      case PUBLIC, INTERNAL, DEVELOPMENT -> Backend.NONE;
    };
  }

  @Test
  void aRoleIsJudgedTheSameWhetherItOrThePresetNamesTheBackend() throws Exception {
    for (Preset preset : Preset.values()) {
      String backend = backendOf(preset).name().toLowerCase(Locale.ROOT);
      for (String line : BROKEN_WHERE_CONTAINED) {
        List<String> faults = faults(preset, line);
        assertThat(faults)
            .as(preset + " " + line)
            .isEqualTo(faults(preset, line + ", backend: " + backend));
        if (preset == Preset.SANDBOX) {
          assertThat(faults).as(line).hasSize(1);
        }
      }
      for (String line : BROKEN_NOWHERE) {
        assertThat(faults(preset, line)).as(preset + " " + line).isEmpty();
        assertThat(faults(preset, line + ", backend: " + backend)).isEmpty();
      }
    }
  }

  @Test
  void aBackendThatTheRoleNamesIsJudgedUnderEachPreset() throws Exception {
    for (Preset preset : Preset.values()) {
      assertThat(faults(preset, "secret_env: [LD_PRELOAD], backend: none")).isEmpty();
      assertThat(faults(preset, "secret_env: [LD_PRELOAD], backend: bwrap")).hasSize(1);
      assertThat(faults(preset, "backend: ssh")).hasSize(1);
    }
  }

  @Test
  void aFaultOfAFieldIsReportedOnce() throws Exception {
    assertThat(faults(Preset.SANDBOX, "network: nowhere, allowed_write_paths: [/etc]")).hasSize(2);
    assertThat(faults(Preset.SANDBOX, "backend: nowhere")).hasSize(1);
  }
}
