package initrunner.cli;

import initrunner.cli.console.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Runs one command line in this JVM and keeps its output.
public final class CapturedConsole {

  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final Console console;

  private CapturedConsole(InputStream stdin, Map<String, String> environment) {
    console = new Console(stdin, stdout, stderr, environment, Console.Output.OTHER);
  }

  /// Empty standard input.
  public static CapturedConsole of(Map<String, String> environment) {
    return new CapturedConsole(new ByteArrayInputStream(new byte[0]), environment);
  }

  /// This text on standard input.
  public static CapturedConsole withStdin(String text, Map<String, String> environment) {
    return new CapturedConsole(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), environment);
  }

  /// The exit status.
  public int run(String... args) {
    return Main.run(args, console);
  }

  public Console console() {
    return console;
  }

  public byte[] stdoutBytes() {
    return stdout.toByteArray();
  }

  public String stdout() {
    return stdout.toString(StandardCharsets.UTF_8);
  }

  public String stderr() {
    return stderr.toString(StandardCharsets.UTF_8);
  }
}
