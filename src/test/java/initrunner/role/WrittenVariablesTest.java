package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The text beside a variable is checked even before the variable has a value.
class WrittenVariablesTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "security: {sandbox: {backend: ssh, ssh: {host: %s}}}",
        "security: {sandbox: {backend: ssh, ssh: {host: b, remote_cwd: %s}}}",
        "security: {sandbox: {backend: ssh, ssh: {host: b, remote_cwd: %s, launcher: bwrap}}}",
        "security: {sandbox: {backend: ssh, ssh: {host: b, identity_file: %s}}}",
        "security: {sandbox: {backend: ssh, ssh: {host: b, config_file: %s}}}",
        "security: {sandbox: {backend: ssh, ssh: {host: b, remote_cwd: a, workspace: {local: %s}}}}",
        "model: {provider: a, name: m, base_url: %s}",
        "model: {provider: openai, name: m, extra_headers: {A: %s}}",
        "model: {provider: openai, name: m, extra_body: {a: [%s]}}",
        "tools: [{type: shell, working_dir: %s}]",
        "tools: [{type: python, working_dir: %s}]",
        "tools: [{type: filesystem, root_path: %s}]",
        "tools: [{type: git, repo_path: %s}]",
      })
  void eachFieldThatMayHoldOne(String field) throws IOException {
    for (String bad : List.of("\"${A}\\0x\"", "\"\\0${A}\"", "\"${A}\\uD800\"", "\"/${A\\0}\"")) {
      Path file =
          Files.writeString(
              directory.resolve("role.yaml"),
              "{name: an-agent, prompt: You build., " + field.formatted(bad) + "}");
      assertThat(faults(() -> RoleLoader.load(file))).as(bad).isNotEmpty();
      assertThat(faults(() -> RoleLoader.load(file, Map.of("A", "/a")))).as(bad).isNotEmpty();
    }
    for (String odd :
        List.of("\"${A}\\n\"", "\"${A} b\"", "\"${A}^|\"", "'${A}'", "\"${A}\\u202E\"")) {
      Path file =
          Files.writeString(
              directory.resolve("role.yaml"),
              "{name: an-agent, prompt: You build., " + field.formatted(odd) + "}");
      assertThat(faults(() -> RoleLoader.load(file))).isNotNull();
      assertThat(faults(() -> RoleLoader.load(file, Map.of("A", "/a")))).isNotNull();
    }
  }

  @Test
  @Tag("slow")
  void aShortRoleDoesNotGrowWithoutMeasureByLongVariables() throws IOException {
    Map<String, String> environment = Map.of("A", "x".repeat(900_000));
    for (String texts :
        List.of("a: '" + "${A}".repeat(100_000) + "'", "a: [" + "'${A}',".repeat(100_000) + "]")) {
      Path file =
          Files.writeString(
              directory.resolve("role.yaml"),
              "{name: an-agent, prompt: You build., model: {provider: openai, name: m,"
                  + " extra_body: {"
                  + texts
                  + "}}}");

      assertThat(faults(() -> RoleLoader.load(file, environment)))
          .first()
          .satisfies(fault -> assertThat(fault.toString()).contains("longer than 1 MiB together"));
    }
  }

  /// Empty if it loads; every exception but a fault of the role is thrown on.
  private static List<ConfigFault> faults(Runnable loading) {
    try {
      loading.run();
      return List.of();
    } catch (ConfigException e) {
      return e.faults();
    }
  }
}
