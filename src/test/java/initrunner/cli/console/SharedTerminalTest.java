package initrunner.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedTerminalTest {

  @Test
  void aLineOfAStandardStreamComesBehindTheLastLineOfAnotherWriter() {
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    Console console =
        new Console(
            InputStream.nullInputStream(), terminal, terminal, Map.of(), Console.Output.TERMINAL);
    terminal.writeBytes("running".getBytes(StandardCharsets.UTF_8));
    console.sharesTerminal(
        () -> terminal.writeBytes("\r\u001b[K".getBytes(StandardCharsets.UTF_8)));

    console.err().println("initrunner: a warning");

    assertThat(terminal.toString(StandardCharsets.UTF_8))
        .startsWith("running\r\u001b[Kinitrunner: a warning")
        .endsWith("\n");
  }
}
