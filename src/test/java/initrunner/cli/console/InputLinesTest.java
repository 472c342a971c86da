package initrunner.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InputLinesTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Console console(InputStream in) {
    return new Console(in, new ByteArrayOutputStream(), err, Map.of(), Console.Output.OTHER);
  }

  private boolean isYes(String typed) throws InterruptedException {
    return InputLines.isYes(
        console(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8))), "Do that?");
  }

  @Test
  void onlyAYIsAYes() throws InterruptedException {
    assertThat(isYes(" Y\n")).isTrue();
    assertThat(isYes("yes\n")).isFalse();
    assertThat(isYes("\n")).isFalse();
    assertThat(isYes("")).isFalse();
  }

  @Test
  void anInterruptedQuestionEndsItsLine() throws Exception {
    try (PipedOutputStream keys = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(keys)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> InputLines.isYes(console(in), "Do that?"))
          .isInstanceOf(InterruptedException.class);
    }
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("Do that? (y/n) \n");
  }
}
