package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.PlatformText;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a host's login shell is to be spoken to, as its answers to a probe have shown.
///
/// @param quoting whether it reads POSIX quoting back exactly
/// @param quiet whether nothing but the command writes to its output; rc files of a noisy one do
/// @param forced whether the host runs a command of its own in front (`ForceCommand`, `command=`),
///   which gets what was asked for as a text
/// @param mark a line that no program prints by chance: where it comes first, what stands before it
///   on either stream is noise
record LoginShell(Quoting quoting, boolean quiet, boolean forced, String mark) {

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

  /// What reads a command from the input, byte by byte as `read` must, up to the first newline. No
  /// process but the shell gets to see it. bash gives up a `read` after `TMOUT` seconds.
  private static final String READ =
      "TMOUT=0 IFS= read -r initrunner_line && eval \"$initrunner_line\"";

  /// The same in words that every shell reads alike, though not every shell would run what it is
  /// given.
  private static final String READ_BY_SH = "exec sh -c '" + READ + "'";

  /// A restricted shell takes no `exec`.
  private static final String UNLESS_RESTRICTED = "case $- in *r*) exit 1;; esac; ";

  private static final String FORCED = " forced";

  /// A newline for what is quoted in a line.
  private static final String NEWLINE =
      "initrunner_newline=$(echo; echo x); initrunner_newline=${initrunner_newline%x}; ";

  /// A remote command with its input.
  ///
  /// @param head what the input begins with: a line for the shell, or nothing
  /// @param stdin what follows it, for the command
  record Line(String command, String head, Stdin stdin) {

    Line(String command, Stdin stdin) {
      this(command, "", stdin);
    }

    /// All of the input.
    Stdin input() {
      if (head.isEmpty()) {
        return stdin;
      }
      InputStream first = new ByteArrayInputStream(head.getBytes(StandardCharsets.UTF_8));
      return new Stdin.Stream(new SequenceInputStream(first, stdin.open()));
    }
  }

  /// A probe of a shell that follows POSIX: it prints a text that others would change, and tells of
  /// a forced command, which is given the one that was asked for (`session.c`).
  static Line probe(String nonce) {
    return new Line(probeScript(nonce), Stdin.nothing());
  }

  /// A probe of any other.
  static Line probeBySh(String nonce) {
    return new Line(READ_BY_SH, oneLine(probeScript(nonce)), Stdin.nothing());
  }

  private static String probeScript(String nonce) {
    return "sh -c 'printf %s \"$0\" \"${SSH_ORIGINAL_COMMAND+"
        + FORCED
        + "}\"' '"
        + probeText(nonce)
        + "'";
  }

  private static String probeText(String nonce) {
    return nonce + " a\\\\b\\c!d\ne$f " + nonce;
  }

  /// What the answer to a probe shows; empty if it is not one.
  ///
  /// @param quoting how the probe was sent
  static Optional<LoginShell> probed(Quoting quoting, String nonce, SshClient.Answer answer) {
    String text = probeText(nonce);
    boolean forced = answer.stdout().endsWith(text + FORCED);
    String expected = forced ? text + FORCED : text;
    if (answer.status() != 0 || !answer.stdout().endsWith(expected)) {
      return Optional.empty();
    }
    boolean quiet = answer.stdout().equals(expected) && answer.stderr().isEmpty();
    return Optional.of(new LoginShell(quoting, quiet, forced, nonce));
  }

  /// The command as this shell takes it.
  Line line(Command command) {
    String script = RemoteCommandLine.render(command);
    if (!quiet) {
      script = marks() + script;
    }
    boolean sendable =
        quoting == Quoting.POSIX
            && command.secrets().names().isEmpty()
            && PlatformText.isExact(script)
            && script.getBytes(StandardCharsets.UTF_8).length <= MAX_COMMAND_BYTES;
    return sendable ? new Line(script, command.stdin()) : lineToRead(command, quiet ? "" : marks());
  }

  /// What a channel is given whose command comes later: it waits for [#markedLine].
  String waiting() {
    return quoting == Quoting.POSIX ? UNLESS_RESTRICTED + READ : READ_BY_SH;
  }

  /// The command as what waits for it takes it. The mark in front of its output shows that it was
  /// read.
  Line markedLine(Command command) {
    return lineToRead(command, marks());
  }

  private Line lineToRead(Command command, String front) {
    String script = front + exports(command.secrets()) + RemoteCommandLine.renderExec(command);
    String reader = quoting == Quoting.POSIX ? READ : READ_BY_SH;
    return new Line(reader, oneLine(script), command.stdin());
  }

  /// The standard output's comes last: once it is there, so is the other.
  private String marks() {
    String onStdout = "echo " + mark + "; ";
    return quiet ? onStdout : "echo " + mark + " >&2; " + onStdout;
  }

  /// What takes the output of a [#line].
  Sink clean(Sink sink) {
    return quiet ? sink : marked(sink);
  }

  /// What takes the output of a [#markedLine].
  MarkedSink marked(Sink sink) {
    return quiet ? MarkedSink.onStdout(mark, sink) : MarkedSink.onBoth(mark, sink);
  }

  private static String exports(SecretEnvironment secrets) {
    return secrets.values().entrySet().stream()
        .map(secret ->
            "export " + secret.getKey() + "=" + RemoteCommandLine.quote(secret.getValue()) + "; ")
        .collect(Collectors.joining());
  }

  /// Newlines stand in a script only where they are quoted.
  private static String oneLine(String script) {
    String joined =
        script.indexOf('\n') < 0
            ? script
            : NEWLINE + script.replace("\n", "'\"$initrunner_newline\"'");
    return joined + "\n";
  }
}
