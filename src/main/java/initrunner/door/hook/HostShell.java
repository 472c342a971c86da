package initrunner.door.hook;

import initrunner.door.jsonrpc.Json;
import initrunner.text.ShellWord;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Rewrites a command of the client's shell on this machine into one that runs it elsewhere.
///
/// @param exec the words that run a program there: `initrunner exec … --`
/// @param place where that is, for a sentence, such as `on my-build-box`
/// @param encoding of words on this machine; only one that has all characters takes each command
public record HostShell(List<String> exec, String place, Charset encoding) {

  private static final String IN_UTF_8 = "LC_ALL=C.UTF-8 ";

  /// Linux takes no longer word in an argument list than 128 KiB, and two more shells quote this
  /// one.
  static final int MOST_COMMAND_BYTES = 32 * 1024;

  public HostShell {
    exec = List.copyOf(exec);
  }

  /// The same call of the shell's tool with the command on the host.
  Verdict replace(Json.Obj input) {
    String command =
        input
            .text("command")
            .orElseThrow(() -> new HookException("a call of Bash without a command"));
    if (command.indexOf('\0') >= 0) {
      return new Verdict.Deny("The command has a NUL character, which no shell can be given.");
    }
    if (command.codePoints().anyMatch(HostShell::isHalf)) {
      return new Verdict.Deny(
          "The command has half of a surrogate pair, which is no character and has no bytes.");
    }
    int bytes = command.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MOST_COMMAND_BYTES) {
      return new Verdict.Deny(
          "The command has "
              + bytes
              + " bytes; at most "
              + MOST_COMMAND_BYTES
              + " fit. Write its data to a file in several commands first.");
    }
    return new Verdict.Replace(
        input.with("command", line(command)),
        "The command ran "
            + place
            + ". Each command starts there anew: no cd and no variable lasts.");
  }

  /// The line for the client's shell: every word of it is read back as it is.
  String line(String command) {
    String locale = encoding.newEncoder().canEncode(command) ? "" : IN_UTF_8;
    return locale + words(command);
  }

  private String words(String command) {
    return Stream.concat(exec.stream(), Stream.of("bash", "-c", command))
        .map(ShellWord::quote)
        .collect(Collectors.joining(" "));
  }

  private static boolean isHalf(int character) {
    return Character.getType(character) == Character.SURROGATE;
  }
}
