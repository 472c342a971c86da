package initrunner.ssh.client;

import initrunner.exec.Ended;
import initrunner.exec.OutputEnd;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.ssh.shell.MarkedSink;
import java.util.Optional;

/// What is said of a host whose login shell does not run commands as they are given to it, which
/// its rc files are the likely cause of.
public final class RcFileDiagnosis {

  static final String RC_FILES =
      "~/.bashrc, ~/.zshenv, ~/.cshrc, ~/.tcshrc, ~/.config/fish/config.fish";

  private static final String LEAVE_EARLY =
      "let it return before that where there is no terminal, as bash does by"
          + " `case $- in *i*) ;; *) return ;; esac`.";

  private RcFileDiagnosis() {}

  /// A probe of the login shell that came back without what every shell prints.
  public static TransportException ofNoCommands(SshTarget target, SshClient.Answer answer) {
    String said = SshDiagnosis.shown(answer.stdout().isBlank() ? answer.stderr() : answer.stdout());
    if (LoginProbe.ran(answer)) {
      return SshDiagnosis.of(
          Kind.FORBIDDEN,
          target,
          "'"
              + target.host()
              + "' runs commands, but their output does not come back as they write it",
          "Look in the rc files of the login shell ("
              + RC_FILES
              + ") for `exec` that redirects an output, and for a `trap` that writes: "
              + LEAVE_EARLY
              + " Try by hand: {ssh} -o BatchMode=yes {host} 'echo out; echo err >&2'");
    }
    return SshDiagnosis.of(
        Kind.FORBIDDEN,
        target,
        "'"
            + target.host()
            + "' does not run the commands it is given: it answered rc="
            + answer.status()
            + " and "
            + (said.isEmpty() ? "nothing else" : said),
        "Either an rc file of the login shell ends it or starts another shell ("
            + RC_FILES
            + "): "
            + LEAVE_EARLY
            + " Or the key or the account is bound to a command of its own (ForceCommand, command="
            + " in authorized_keys, a login shell that takes no commands): use another key or"
            + " account. Try by hand: {ssh} -o BatchMode=yes {host} echo ok");
  }

  /// Input that was sent to a command did not reach it, and the command was not run.
  public static TransportException inputTaken(SshTarget target) {
    return SshDiagnosis.of(
        Kind.FORBIDDEN,
        target,
        "something on '"
            + target.host()
            + "' takes the input of a command before the command reads it, as an rc file of the"
            + " login shell does that reads its input or redirects it",
        "Look for `read`, `cat`, `ssh` or `exec` in "
            + RC_FILES
            + ": "
            + LEAVE_EARLY
            + " Try by hand: echo ok | {ssh} -o BatchMode=yes {host} cat");
  }

  /// How a command ended, if the login shell said that it begins the command.
  ///
  /// @param said what the shell said
  /// @return that the call is lost, if the shell ended without saying so
  /// @throws TransportException if the shell did not run the command
  public static Ended begun(
      SshTarget target,
      Optional<String> directory,
      MarkedSink said,
      Ended ended,
      OutputEnd output) {
    said.noDirectory()
        .ifPresent(reason -> {
          throw SshDiagnosis.noDirectory(target, directory.orElse(""), reason);
        });
    if (said.noTerminal()) {
      throw TerminalDiagnosis.forbidden(target);
    }
    boolean isOver = ended instanceof Ended.Exited || ended instanceof Ended.Signaled;
    if (!isOver || output != OutputEnd.COMPLETE || said.begun()) {
      return ended;
    }
    if (said.refused()) {
      throw inputTaken(target);
    }
    return new Ended.Lost(
        "the login shell on '"
            + target.host()
            + "' ended"
            + (ended instanceof Ended.Exited(int status) ? " with status " + status : "")
            + " without a sign that it began the command. Look for `exit` or `exec` in its rc"
            + " files ("
            + RC_FILES
            + ")");
  }
}
