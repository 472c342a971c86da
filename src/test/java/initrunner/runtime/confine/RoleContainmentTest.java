package initrunner.runtime.confine;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.launch.ResourceLimits.Policy;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleContainmentTest {

  @TempDir private Path directory;

  private Policy policy(String sandbox) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            "name: small\nprompt: x\nsecurity: {sandbox: {backend: bwrap%s}}\n".formatted(sandbox));
    Role role = RoleLoader.load(file);
    return RoleContainment.limits(role.sandbox()).policy();
  }

  /// A role's limits, set and by default.
  @Test
  void whatHappensWhereALimitCannotBeEnforcedIsTheRolesWord() throws Exception {
    assertThat(policy("")).isEqualTo(Policy.IF_POSSIBLE);
    assertThat(policy(", file_size_limit: 1m")).isEqualTo(Policy.IF_POSSIBLE);
    for (String named :
        List.of("memory_limit: 1g", "memory_limit: 256m", "cpu_limit: 1.0", "process_limit: 256")) {
      assertThat(policy(", " + named)).as(named).isEqualTo(Policy.ENFORCE);
      assertThat(policy(", limits: enforce, " + named)).as(named).isEqualTo(Policy.ENFORCE);
      assertThat(policy(", limits: best_effort, " + named)).isEqualTo(Policy.BEST_EFFORT);
    }
    assertThat(policy(", limits: enforce")).isEqualTo(Policy.IF_POSSIBLE);
    assertThat(policy(", limits: best_effort")).isEqualTo(Policy.BEST_EFFORT);
    assertThat(policy(", limits: best_effort, file_size_limit: 1m")).isEqualTo(Policy.BEST_EFFORT);
  }
}
