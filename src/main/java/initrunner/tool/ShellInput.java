package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A script for `sh` whose arguments and variables travel on its standard input, in front of what
/// else it reads there. So they stand in no process list on either side, may be of any length, and
/// need no character that a locale lacks.
///
/// The first line of the input holds them, and `read` takes exactly that line. A line without its
/// end, as a broken link leaves it, is not acted on.
final class ShellInput {

  private static final String TAKE_FIRST_LINE =
      "IFS= read -r ir_c || exit 65\neval \"$(printf %b \"$ir_c\")\"\nunset ir_c\n";

  private final String script;
  private final StringBuilder firstLine = new StringBuilder();
  private byte[] rest = {};

  /// @param script constant text in the language of POSIX `sh`
  ShellInput(String script) {
    this.script = script;
  }

  /// The script's `$1`, `$2`, …; none holds a NUL character.
  ShellInput arguments(List<String> arguments) {
    firstLine.append(
        arguments.stream().map(ShellInput::quote).collect(Collectors.joining(" ", "set -- ", ";")));
    return this;
  }

  /// Variables that the script and what it starts find in their environment.
  ShellInput exports(Map<String, String> variables) {
    variables.forEach((name, value) ->
        firstLine.append("export ").append(name).append('=').append(quote(value)).append(';'));
    return this;
  }

  /// What follows the first line.
  ShellInput content(byte[] content) {
    rest = content;
    return this;
  }

  ShellInput content(String content) {
    return content(content.getBytes(StandardCharsets.UTF_8));
  }

  /// @param directory where it starts, on the machine where it runs
  Command command(Optional<String> directory) {
    // printf %b undoes this.
    String line = firstLine.toString().replace("\\", "\\\\").replace("\n", "\\n") + "\n";
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes(line.getBytes(StandardCharsets.UTF_8));
    input.writeBytes(rest);
    return new Command(
        List.of("sh", "-c", TAKE_FIRST_LINE + script, "sh"),
        Map.of(),
        directory,
        new Stdin.Bytes(input.toByteArray()));
  }

  private static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
