package initrunner.ssh.client;

import initrunner.exec.Stdin;
import initrunner.ssh.shell.LoginShell;
import initrunner.ssh.shell.LoginShell.Line;
import initrunner.ssh.shell.LoginShell.Quoting;
import initrunner.ssh.shell.MarkedSink;
import initrunner.ssh.shell.RemoteCommandLine;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// What is asked of a login shell before commands are handed to it: one call in the form that
/// commands have, with everything that other shells and rc files change. It holds a quoted `'`, a
/// word that looks like an assignment, an `&&`, an exit status, a change of the directory, an input
/// and both outputs, and it says whether there is a forced command, which is given the one that was
/// asked for (OpenSSH's `session.c`).
///
/// @param nonce of its own input
/// @param mark of the calls that come after it
public record LoginProbe(String nonce, String mark) {

  /// What it ends with where all is well.
  private static final int STATUS = 3;

  /// The same in a restricted shell.
  private static final int STATUS_OF_RESTRICTED = 4;

  /// A login without any call.
  public static final Line NONE = new Line("", Stdin.nothing());

  private static final String FORCED = "forced";

  private static final String ASSIGNMENT = "name=value";

  private static final String SCRIPT =
      "IFS= read -r line; printf \"%s|\" \"$0\" \"$1\" \"$line\" \"${SSH_ORIGINAL_COMMAND+"
          + FORCED
          + "}\"; echo \"$line\" >&2; exit "
          + STATUS;

  /// The texts only have to be told from what an account's shell says by itself; they are no
  /// secrets.
  public static LoginProbe random() {
    return new LoginProbe(hexDigits(), "@initrunner-" + hexDigits());
  }

  private static String hexDigits() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /// What most login shells are.
  public LoginShell quietPosix() {
    return new LoginShell(Quoting.POSIX, true, false, false, mark);
  }

  /// One whose rc files are in the way, or print something.
  public LoginShell noisyPosix() {
    return new LoginShell(Quoting.POSIX, false, false, false, mark);
  }

  /// One that is no POSIX shell, or behaves like none.
  public LoginShell other() {
    return new LoginShell(Quoting.OTHER, true, false, false, mark);
  }

  /// One that was not asked.
  public LoginShell untried() {
    return new LoginShell(Quoting.UNTRIED, false, false, false, mark);
  }

  /// The call.
  ///
  /// @param assumed what the shell is taken for
  public Line line(LoginShell assumed) {
    String command =
        "env INITRUNNER_PROBE="
            + nonce
            + " sh -c "
            + RemoteCommandLine.quoteAll(List.of(SCRIPT, text(), ASSIGNMENT));
    String script =
        assumed.marks()
            + "case $- in *r*) "
            + command
            + " || exit "
            + STATUS_OF_RESTRICTED
            + ";; *) cd / && exec "
            + command
            + ";; esac";
    return assumed.lineToRead(
        nonce, script, new Stdin.Bytes((input() + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  private String printed() {
    return text() + "|" + ASSIGNMENT + "|";
  }

  private String text() {
    return "it's a\\\\b\\c!d\ne$f é \"" + nonce;
  }

  private String input() {
    return "input " + nonce;
  }

  /// What `ssh` or the account had to say, without what the probe itself has printed: an `ssh`
  /// whose connection ends behind that fails all the same.
  public String said(SshClient.Answer answer) {
    String errors = withoutOwn(answer.stderr());
    return errors.isBlank() ? withoutOwn(answer.stdout()) : errors;
  }

  private String withoutOwn(String text) {
    return text.replace(printed() + input() + "|" + FORCED + "|", "")
        .replace(printed() + input() + "||", "")
        .replace(input(), "")
        .replace(mark, "")
        .strip();
  }

  /// Whether all of it was run.
  public static boolean ran(SshClient.Answer answer) {
    return answer.status() == STATUS || answer.status() == STATUS_OF_RESTRICTED;
  }

  /// Whether something has taken input that was for the command: an rc file that reads.
  public boolean isInputTaken(SshClient.Answer answer) {
    boolean ran = ran(answer) && answer.stdout().contains(printed());
    return answer.stdout().contains(mark + MarkedSink.REFUSED)
        || (ran && !answer.stdout().contains(input()));
  }

  /// What the answer shows; empty if the shell is not what it was taken for. One that was not quiet
  /// once stays so.
  public Optional<LoginShell> shell(LoginShell assumed, SshClient.Answer answer) {
    String expected = mark + "\n" + printed() + input() + "|";
    boolean forced = answer.stdout().endsWith(expected + FORCED + "|");
    String stdout = expected + (forced ? FORCED : "") + "|";
    String stderr = (assumed.quiet() ? "" : mark + "\n") + input() + "\n";
    if (!ran(answer) || !answer.stdout().endsWith(stdout) || !answer.stderr().endsWith(stderr)) {
      return Optional.empty();
    }
    boolean quiet =
        assumed.quiet() && answer.stdout().equals(stdout) && answer.stderr().equals(stderr);
    boolean restricted = answer.status() == STATUS_OF_RESTRICTED;
    return Optional.of(new LoginShell(assumed.quoting(), quiet, forced, restricted, mark));
  }
}
