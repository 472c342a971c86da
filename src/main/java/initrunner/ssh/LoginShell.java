package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.PlatformText;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Stdin;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/// How a host's login shell is to be spoken to, as its answers to a probe have shown.
///
/// @param quoting whether it reads POSIX quoting back exactly
/// @param quiet whether nothing but the command writes to its output; rc files of a noisy one do
/// @param mark a line that no program prints by chance: where it comes first, what stands before it
///   on either stream is noise
record LoginShell(Quoting quoting, boolean quiet, String mark) {

  /// What the shell makes of a quoted word.
  enum Quoting {
    /// Exact: bash, dash, ksh, zsh, busybox.
    POSIX,
    /// Not exact (csh, tcsh, fish): commands travel on the input of a `sh` that it starts.
    OTHER
  }

  /// The longest remote command that is sent as such. The far side hands it to the login shell as
  /// one argument, and Linux takes 128 KiB for one (`MAX_ARG_STRLEN`).
  static final int MAX_COMMAND_BYTES = 100_000;

  /// Words that every shell reads alike, though not every shell would run what it is given: the
  /// command is read from the input, byte by byte as `read` must, up to the first newline. No
  /// process but that `sh` gets to see it. `ir_n` is a newline, for what is quoted in the command,
  /// which finds variables of other names as they were.
  static final String FROM_STDIN =
      "exec sh -c 'ir_n=$(echo; echo x); ir_n=${ir_n%x}; IFS= read -r ir_c; eval \"$ir_c\"'";

  /// A remote command with its input.
  record Line(String command, Stdin stdin) {}

  /// What a probe runs: it prints a text that shells with other rules than POSIX would change.
  static String probe(String nonce) {
    return "printf %s '" + probeText(nonce) + "'";
  }

  static String probeText(String nonce) {
    return nonce + " a\\\\b\\c!d\ne$f " + nonce;
  }

  /// The command as this shell takes it.
  Line line(Command command) {
    String script = RemoteCommandLine.render(command);
    if (!quiet) {
      script = "echo " + mark + "; echo " + mark + " >&2; " + script;
    }
    if (!command.secrets().names().isEmpty()) {
      return fromStdin(exports(command.secrets()) + script, command.stdin());
    }
    boolean sendable =
        quoting == Quoting.POSIX
            && PlatformText.isExact(script)
            && script.getBytes(StandardCharsets.UTF_8).length <= MAX_COMMAND_BYTES;
    return sendable ? new Line(script, command.stdin()) : fromStdin(script, command.stdin());
  }

  private static String exports(SecretEnvironment secrets) {
    return secrets.values().entrySet().stream()
        .map(secret ->
            "export " + secret.getKey() + "=" + RemoteCommandLine.quote(secret.getValue()) + "; ")
        .collect(Collectors.joining());
  }

  /// A script that travels on the input, in front of the command's own. Newlines stand in it only
  /// where they are quoted.
  static Line fromStdin(String script, Stdin stdin) {
    String oneLine = script.replace("\n", "'\"$ir_n\"'") + "\n";
    InputStream head = new ByteArrayInputStream(oneLine.getBytes(StandardCharsets.UTF_8));
    return new Line(FROM_STDIN, new Stdin.Stream(new SequenceInputStream(head, stdin.open())));
  }
}
