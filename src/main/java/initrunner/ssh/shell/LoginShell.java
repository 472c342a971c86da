package initrunner.ssh.shell;

import initrunner.exec.Command;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.PlatformText;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/// How commands are handed to a host's login shell, as its answers to a
/// [initrunner.ssh.client.LoginProbe] have shown.
///
/// Of a command's input nothing is ever evaluated but one line, and that only where the line before
/// it holds the call's nonce and the line's length: an rc file that reads has taken some of the
/// input by then, and what is left of it may be the content of a file.
///
/// @param quoting whether it reads POSIX quoting back exactly
/// @param quiet whether nothing but the command writes to its output; rc files of a noisy one do,
///   and a `sh` that it starts runs the commands in place of it
/// @param forced whether the host runs a command of its own in front (`ForceCommand`, `command=`),
///   which gets what was asked for as a text
/// @param restricted whether it takes no `exec`; elsewhere the command takes the shell's place, so
///   that no shell stands between it and its signals
/// @param mark a text that no program prints by chance: what stands before it on either stream is
///   not the command's
public record LoginShell(
    Quoting quoting, boolean quiet, boolean forced, boolean restricted, String mark) {

  /// What the shell makes of a quoted word.
  public enum Quoting {
    /// Exact: bash, dash, ksh, zsh, busybox.
    POSIX,
    /// Not exact (csh, tcsh, fish, rc, elvish): commands travel on the input of a `sh` that it
    /// starts.
    OTHER,
    /// Not known yet. Commands travel as under OTHER, once the `sh` has said on both outputs that
    /// it is ready, and begin only where no command of the host's own stands in front.
    UNTRIED
  }

  /// The longest remote command that is sent as such. The far side hands it to the login shell as
  /// one argument, and Linux takes 128 KiB for one (`MAX_ARG_STRLEN`).
  static final int MAX_COMMAND_BYTES = 100_000;

  /// What the shell ends with where something has taken some of its input.
  private static final int INPUT_TAKEN = 65;

  /// The mark is not written in one piece where a trace of the shell would show it.
  private static final int FIRST_OF_MARK = 6;

  /// A restricted shell takes no `exec`.
  private static final String UNLESS_RESTRICTED = "case $- in *r*) exit 1;; esac; ";

  /// What a terminal on the host is like for keys, once it has given this shell its lines.
  private static final String USUAL_TERMINAL = "stty icanon echo isig icrnl ixon iutf8; ";

  /// A newline for what is quoted in a line.
  private static final String NEWLINE =
      "initrunner_newline=$(echo; echo x); initrunner_newline=${initrunner_newline%x}; ";

  /// A remote command with its input.
  ///
  /// @param head what the input begins with: lines for the shell, or nothing
  /// @param stdin what follows it, for the command
  /// @param mark what the output of the command begins behind; empty where it has none
  public record Line(String command, String head, Stdin stdin, Mark mark) {

    public Line(String command, Stdin stdin) {
      this(command, "", stdin, Mark.NONE);
    }

    public Line withStdin(Stdin other) {
      return new Line(command, head, other, mark);
    }

    /// The same with another input in place of all of its own.
    public Line withInput(Stdin other) {
      return new Line(command, "", other, mark);
    }

    /// All of the input.
    public Stdin input() {
      if (head.isEmpty()) {
        return stdin;
      }
      InputStream first = new ByteArrayInputStream(head.getBytes(StandardCharsets.UTF_8));
      return new Stdin.Stream(new SequenceInputStream(first, stdin.open()));
    }

    /// What takes the output.
    public MarkedSink marked(Sink sink) {
      return mark.over(sink);
    }
  }

  /// Where marks come before the output of a command.
  ///
  /// @param text empty where none comes
  /// @param onBoth whether it comes on the error output too
  record Mark(String text, boolean onBoth) {

    static final Mark NONE = new Mark("", false);

    private MarkedSink over(Sink sink) {
      if (text.isEmpty()) {
        return MarkedSink.unmarked(sink);
      }
      return onBoth ? MarkedSink.onBoth(text, sink) : MarkedSink.onStdout(text, sink);
    }
  }

  /// A text for one call that no command's input holds, by chance or on purpose.
  public static String nonce() {
    return CallCookie.random().value();
  }

  /// The command as this shell takes it.
  public Line line(Command command) {
    if (quoting != Quoting.POSIX || !quiet || !command.secrets().names().isEmpty()) {
      return lineToRead(nonce(), command);
    }
    Line line =
        command.stdin() instanceof Stdin.Nothing || command.stdin() instanceof Stdin.Terminal
            ? lineWithoutInput(command)
            : lineWithInput(nonce(), command);
    boolean sendable =
        PlatformText.isExact(line.command())
            && line.command().getBytes(StandardCharsets.UTF_8).length <= MAX_COMMAND_BYTES;
    return sendable ? line : lineToRead(nonce(), command);
  }

  /// A forced command may write down what it was asked for: it is told the command and no more.
  private Line lineWithoutInput(Command command) {
    return forced
        ? new Line(RemoteCommandLine.render(command), command.stdin())
        : new Line(rendered(command), "", command.stdin(), marksThere());
  }

  private String rendered(Command command) {
    String program =
        restricted
            ? RemoteCommandLine.renderProgram(command)
            : RemoteCommandLine.renderExec(command);
    return inDirectory(command) + onTerminal(command) + marks() + program;
  }

  /// A server that gives none runs the command all the same.
  private String onTerminal(Command command) {
    return command.stdin() instanceof Stdin.Terminal
        ? "[ -t 0 ] || { echo \"" + mark + MarkedSink.NO_TERMINAL + "\"; exit 1; }; "
        : "";
  }

  /// Where the shell cannot change to the directory, it says so in place of the mark, then why. A
  /// restricted shell redirects nothing.
  private String inDirectory(Command command) {
    return RemoteCommandLine.changeDirectory(command)
        .map(change ->
            restricted
                ? change + " || { echo \"" + mark + MarkedSink.NO_DIRECTORY + "\"; exit 1; }; "
                : change
                    + " 2>/dev/null || { echo \""
                    + mark
                    + MarkedSink.NO_DIRECTORY
                    + "\"; "
                    + change
                    + " 2>&1; exit 1; }; ")
        .orElse("");
  }

  private Line lineWithInput(String nonce, Command command) {
    String check =
        read("head") + "[ \"$initrunner_head\" = \"" + exit(nonce) + "\" ] || " + refusal() + "; ";
    return new Line(check + rendered(command), exit(nonce) + "\n", command.stdin(), marksThere());
  }

  /// What a channel is given whose command comes later: it waits for [#lineToRead].
  public String waiting(String nonce) {
    return quoting == Quoting.POSIX ? UNLESS_RESTRICTED + reader(nonce) : reader(nonce);
  }

  /// The command as what waits for it takes it, on its input. Secrets stand in front of the marks:
  /// a shell that says what it does says it before them.
  public Line lineToRead(String nonce, Command command) {
    String program = RemoteCommandLine.renderExec(command);
    String begin = exports(command.secrets()) + unlessForced() + inDirectory(command);
    if (command.stdin() instanceof Stdin.Terminal) {
      // Both outputs are one there.
      String script = USUAL_TERMINAL + begin + onTerminal(command) + markOnStdout() + program;
      return new Line(
          reader(nonce), headLines(nonce, script), command.stdin(), new Mark(mark, false));
    }
    return lineToRead(nonce, begin + marks() + program, command.stdin());
  }

  private String unlessForced() {
    return quoting == Quoting.UNTRIED ? "[ -z \"${SSH_ORIGINAL_COMMAND+x}\" ] || exit 1; " : "";
  }

  /// Whether what it understands is yet to be seen.
  public boolean isUntried() {
    return quoting == Quoting.UNTRIED;
  }

  /// The same for a script of one line, or of several within quotes.
  public Line lineToRead(String nonce, String script, Stdin stdin) {
    return new Line(reader(nonce), headLines(nonce, script), stdin, marksThere());
  }

  /// A `sh` is started in words that every shell reads alike, though not every shell would run what
  /// `sh` is given.
  private String reader(String nonce) {
    String bySh = "sh -c '" + readerInSh(nonce) + "' sh";
    if (quoting != Quoting.POSIX) {
      return "exec " + bySh;
    }
    return quiet
        ? readerInSh(nonce)
        : "case $- in *r*) ;; *) \\exec " + bySh + ";; esac; \\" + bySh;
  }

  /// What reads a command from the input, byte by byte as `read` must, up to the second newline. No
  /// process but the shell gets to see it, nor a trace that an rc file has begun. Characters are
  /// bytes in the C locale.
  private String readerInSh(String nonce) {
    String whole = "[ \"$initrunner_head\" = \"" + exit(nonce) + " ${#initrunner_line}\" ]";
    return "set +axv; "
        + (isUntried() ? ready(" >&2; ") + ready("; ") : "")
        + read("head")
        + read("line")
        + "if "
        + whole
        + " || (LC_ALL=C; "
        + whole
        + "); then eval \"${initrunner_line#*#}\"; else "
        + refusal()
        + "; fi";
  }

  private String ready(String end) {
    return "echo \""
        + mark.substring(0, FIRST_OF_MARK)
        + "\"\""
        + mark.substring(FIRST_OF_MARK)
        + MarkedSink.READY
        + "\""
        + end;
  }

  /// bash gives up a `read` after `TMOUT` seconds.
  private static String read(String variable) {
    return "TMOUT=0 IFS= read -r initrunner_" + variable + "; ";
  }

  private String refusal() {
    return "{ echo \"" + mark + MarkedSink.REFUSED + "\"; exit " + INPUT_TAKEN + "; }";
  }

  private static String headLines(String nonce, String script) {
    String line = exit("") + oneLine(script);
    return exit(nonce) + " " + line.getBytes(StandardCharsets.UTF_8).length + "\n" + line + "\n";
  }

  /// What each line of the head begins with. Another shell that an rc file has started takes its
  /// input for a script: this ends it before it comes to what follows.
  private static String exit(String nonce) {
    return "exit " + INPUT_TAKEN + " # " + nonce;
  }

  /// The standard output's comes last: once it is there, so is the other.
  public String marks() {
    String onStdout = markOnStdout();
    return quiet ? onStdout : onStdout.replace("; ", " >&2; ") + onStdout;
  }

  private String markOnStdout() {
    return "printf '%s%s\\n' "
        + mark.substring(0, FIRST_OF_MARK)
        + " "
        + mark.substring(FIRST_OF_MARK)
        + "; ";
  }

  private Mark marksThere() {
    return new Mark(mark, !quiet);
  }

  private static String exports(SecretEnvironment secrets) {
    return secrets.values().entrySet().stream()
        .map(secret ->
            "export " + secret.getKey() + "=" + RemoteCommandLine.quote(secret.getValue()) + "; ")
        .collect(Collectors.joining());
  }

  /// Newlines stand in a script only where they are quoted.
  private static String oneLine(String script) {
    return script.indexOf('\n') < 0
        ? script
        : NEWLINE + script.replace("\n", "'\"$initrunner_newline\"'");
  }
}
