package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A command whose standard output accepts nothing.
class UnwrittenOutputTest {

  private static final String FULL = "No space left on device";
  private static final String SAID = "initrunner: its output cannot be written: " + FULL + "\n";

  @TempDir private Path directory;
  private Map<String, String> environment = Map.of();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  @BeforeEach
  void makeARoleAndARecord() throws IOException {
    environment = Map.of("INITRUNNER_HOME", directory.toString());
    Files.writeString(
        directory.resolve("role.yaml"),
        """
        name: small
        prompt: You are small.
        tools: [shell]
        security:
          sandbox: {backend: none}
        """);
    int recorded =
        CapturedConsole.of(environment)
            .run("exec", directory.resolve("role.yaml").toString(), "--", "true");
    assertThat(recorded).isZero();
  }

  private int run(String line, String failure) {
    OutputStream stdout =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(failure);
          }
        };
    Console console =
        new Console(
            InputStream.nullInputStream(), stdout, stderr, environment, Console.Output.OTHER);
    String role = directory.resolve("role.yaml").toString();
    return Main.run(line.replace("ROLE", role).split(" "), console);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--version",
        "validate ROLE",
        "schema",
        "pending --json",
        "doctor --json",
        "audit security-events",
        "audit security-events --format json",
        "audit security-events --format csv",
        "audit export",
        "audit export --format csv"
      })
  void isAFailureOfEachCommand(String line) {
    assertThat(run(line, FULL)).isEqualTo(ExitCodes.FAILED);
    assertThat(stderr.toString(StandardCharsets.UTF_8)).isEqualTo(SAID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void isAFailureOfExecAndNotOfItsCommand(String command) {
    assertThat(run("exec ROLE --json -- " + command, FULL)).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(stderr.toString(StandardCharsets.UTF_8)).isEqualTo(SAID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"schema", "exec ROLE --json -- true"})
  void aReaderThatWentAwayIsToldNothing(String line) {
    assertThat(run(line, "Broken pipe")).isEqualTo(ExitCodes.BROKEN_PIPE);
    assertThat(stderr.size()).isZero();
  }

  @Test
  void isAFailureOfAProcessToo() throws Exception {
    Process version =
        new ProcessBuilder(ChildJvm.initrunner(List.of(), "--version"))
            .redirectOutput(new File("/dev/full"))
            .start();
    assertThat(version.getErrorStream().readAllBytes()).asString().isEqualTo(SAID);
    assertThat(version.waitFor()).isEqualTo(ExitCodes.FAILED);
  }
}
