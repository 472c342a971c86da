package initrunner.role.file;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.RoleLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleFileTest {

  @TempDir private Path directory;

  @Test
  void theCheckTheDigestAndTheRunHaveTheSameBytesEvenIfTheFileChanges() throws IOException {
    Path one = Files.writeString(directory.resolve("one.yaml"), "{name: one, prompt: a}");
    Path two = Files.writeString(directory.resolve("two.yaml"), "{name: two, prompt: b}");
    Path role = Files.createSymbolicLink(directory.resolve("role.yaml"), one);

    RoleFile read = RoleFile.read(role);
    Files.delete(role);
    Files.createSymbolicLink(role, two);

    assertThat(RoleLoader.load(read, RoleEnvironment.ofProcess(Map.of())).metadata().name())
        .isEqualTo("one");
    assertThat(read.sha256())
        .isEqualTo(RoleFile.read(one).sha256())
        .isNotEqualTo(RoleFile.read(two).sha256())
        .matches("[0-9a-f]{64}");
  }
}
