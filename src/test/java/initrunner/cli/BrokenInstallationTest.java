package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A missing class throws an `Error` at an unexpected point.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BrokenInstallationTest {

  @TempDir Path directory;

  private Path classesWithout(String missing) throws IOException {
    Path from = Path.of("target/classes");
    Path to = directory.resolve("classes");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        if (!file.endsWith(missing)) {
          Files.copy(file, to.resolve(from.relativize(file).toString()));
        }
      }
    }
    return to;
  }

  @Test
  void anErrorWhileALoginIsPreparedIsTheEndOfTheCallAndNoWaitForEver() throws Exception {
    Path classes = classesWithout("PrivateDirectory.class");
    String whole = System.getProperty("java.class.path");
    List<String> command =
        ChildJvm.initrunner(List.of(), "exec", "--no-audit", "--host", "h", "--", "true");
    String own = Path.of("target/classes").toAbsolutePath().toString();
    assertThat(whole).contains(own);
    command.set(command.indexOf("-cp") + 1, whole.replace(own, classes.toString()));
    Process process = new ProcessBuilder(command).start();
    String stderr = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(stderr).contains("no connection to 'h'").contains("NoClassDefFoundError");
  }
}
