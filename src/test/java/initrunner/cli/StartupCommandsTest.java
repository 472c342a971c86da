package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartupCommandsTest {

  /// A command that ends the JVM too early leaves the later ones out of the start cache, and
  /// nothing else shows it.
  @ParameterizedTest
  @ValueSource(strings = {"exec", "run"})
  void theLastOfThemIsACallThatIsRecorded(String cache, @TempDir Path directory) throws Exception {
    List<String> trained = ChildJvm.command(List.of(), StartupCommands.class.getName(), cache);
    List<String> training =
        ChildJvm.command(List.of(), StartupTraining.class.getName(), directory.toString());
    training.addAll(trained);
    Process process = new ProcessBuilder(training).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).doesNotContain("ended with status");
    assertThat(directory.resolve("home/.initrunner/audit.db")).as(said).exists();
  }
}
