package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartupCommandsTest {

  /// A command that ends the JVM too early leaves the later ones out of the start cache, and
  /// nothing else shows it.
  @Test
  void theLastOfThemIsACallThatIsRecorded(@TempDir Path directory) throws Exception {
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: trained
            spec:
              role: You are trained.
            """);
    Path home = directory.resolve("home");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                StartupCommands.class.getName(),
                "exec",
                home.toString(),
                role.toString())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).doesNotContain("ended with status");
    assertThat(home.resolve("audit.db")).as(said).exists();
  }
}
