package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {

  private static final String ROLE =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata: {name: build-agent}
      spec:
        role: You build.
        security: {sandbox: {backend: ssh, ssh: {host: no-such-host.invalid}}}
      """;

  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("role.yaml");
  }

  @Test
  void aGoodRoleIsSummarisedOnStandardOutputWithoutAConnection() throws IOException {
    Files.writeString(file, ROLE);

    assertThat(validate(file.toString())).isZero();
    assertThat(text(out))
        .contains("Its tools run on no-such-host.invalid over ssh, in the login directory.");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void everyFaultIsALineOnStandardErrorAndTheStatusIsTwo() throws IOException {
    Files.writeString(file, ROLE.replace("Agent", "Agnet").replace("role:", "rloe:"));

    assertThat(validate(file.toString())).isEqualTo(2);
    assertThat(text(out)).isEmpty();
    assertThat(text(err).lines())
        .satisfiesExactly(
            kind -> assertThat(kind).startsWith(file + ":2:7: kind: ").endsWith("Agent?"),
            missing -> assertThat(missing).startsWith(file + ":4:1: spec.role: is missing"),
            unknown -> assertThat(unknown).startsWith(file + ":5:3: spec.rloe: "));
  }

  @Test
  void aFileThatIsNotThereIsAFault() {
    assertThat(validate(file.toString())).isEqualTo(2);
    assertThat(text(err)).startsWith(file + ": does not exist");
  }

  @Test
  void helpShowsAnExample() {
    assertThat(validate("--help")).isZero();
    assertThat(text(out)).contains("initrunner validate role.yaml");
  }

  private int validate(String argument) {
    Console console =
        new Console(InputStream.nullInputStream(), out, err, Map.of(), Console.Output.OTHER);
    return Main.run(new String[] {"validate", argument}, console);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
