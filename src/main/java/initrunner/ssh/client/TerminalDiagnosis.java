package initrunner.ssh.client;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;

/// What is said where a command gets no terminal.
public final class TerminalDiagnosis {

  private TerminalDiagnosis() {}

  /// The server gives none.
  public static TransportException forbidden(SshTarget target) {
    return SshDiagnosis.of(
        Kind.FORBIDDEN,
        target,
        "'" + target.host() + "' gives this account no terminal",
        "See PermitTTY in its sshd_config, and no-pty at the account's key; commands run there"
            + " without a terminal.");
  }

  /// This machine has none for the `ssh` of a call.
  public static TransportException noneHere(SshTarget target, String reason) {
    return SshDiagnosis.of(
        Kind.LOCAL_LIMIT,
        target,
        "this machine has no terminal for the ssh process of the call: " + reason,
        "See that /dev/ptmx, /dev/pts and setsid are there, and that java has"
            + " --enable-native-access=ALL-UNNAMED; or use: {ssh} -t {host}");
  }
}
