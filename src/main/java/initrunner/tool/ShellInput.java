package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.text.PackagedText;
import initrunner.text.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A script for `sh` that gets its arguments and variables at the start of its standard input. So
/// no process list on either side shows them, they may have any length, and they may hold
/// characters that a locale lacks.
///
/// The second line of the input holds them, and `read` takes exactly those two lines. `sh`
/// evaluates the second only if the first holds its length and a digest of all that follows, which
/// is also among the script's arguments. So nothing runs if another reader took some of the input,
/// or a link broke. No content can hold its own digest.
public final class ShellInput {

  /// The program of every such command.
  public static final String PROGRAM = "sh";

  private static final int NONCE_HEX_DIGITS = 32;

  /// Starts the first line: a shell that reads the input as a script exits here.
  private static final String EXIT = "exit 65 # ";

  private static final String TAKE_LINES = PackagedText.read(ShellInput.class, "take_lines.sh");

  private final String script;
  private final StringBuilder evaluated = new StringBuilder();
  private byte[] rest = {};

  /// @param script constant text in the language of POSIX `sh`
  public ShellInput(String script) {
    this.script = script;
  }

  /// Adds the script's `$1`, `$2`, …; none holds a NUL character.
  public ShellInput arguments(List<String> arguments) {
    evaluated.append(
        arguments.stream().map(ShellInput::quote).collect(Collectors.joining(" ", "set -- ", ";")));
    return this;
  }

  /// Adds variables to the environment of the script and of the programs it starts.
  ShellInput exports(Map<String, String> variables) {
    variables.forEach((name, value) ->
        evaluated.append("export ").append(name).append('=').append(quote(value)).append(';'));
    return this;
  }

  /// Sets the input after the two lines.
  public ShellInput content(byte[] content) {
    rest = content;
    return this;
  }

  public ShellInput content(String content) {
    return content(content.getBytes(StandardCharsets.UTF_8));
  }

  /// The command that runs the script.
  ///
  /// @param directory where it starts, a path of its host
  public Command command(Optional<String> directory) {
    // printf %b decodes this.
    String line = evaluated.toString().replace("\\", "\\\\").replace("\n", "\\n");
    byte[] lineBytes = line.getBytes(StandardCharsets.UTF_8);
    String nonce = digest(lineBytes, rest);
    String head = EXIT + nonce + " " + lineBytes.length + "\n";
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    input.writeBytes(lineBytes);
    input.write('\n');
    input.writeBytes(rest);
    return new Command(
        List.of(PROGRAM, "-c", TAKE_LINES + script, "sh", nonce),
        Map.of(),
        directory,
        new Stdin.Bytes(input.toByteArray()));
  }

  private static String digest(byte[] line, byte[] rest) {
    return Sha256.hex(line, rest).substring(0, NONCE_HEX_DIGITS);
  }

  private static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
