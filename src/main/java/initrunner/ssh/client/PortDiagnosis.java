package initrunner.ssh.client;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.PortAddress;

/// Why there is no connection to a port of a host, with one next step each.
public final class PortDiagnosis {

  private PortDiagnosis() {}

  /// The server has said no.
  ///
  /// @param ofThePort whether it tried
  /// @param said by it
  public static TransportException refused(
      SshTarget target, PortAddress to, boolean ofThePort, String said) {
    String shown = SshDiagnosis.shown(said);
    String reason = shown.isEmpty() ? "" : " (" + shown + ")";
    if (!ofThePort) {
      return SshDiagnosis.of(
          Kind.PORT_FORBIDDEN,
          target,
          "sshd on '" + target.host() + "' opens no connection to " + to + reason,
          "Its sshd_config, or the account's key, forbids it: see AllowTcpForwarding,"
              + " DisableForwarding and PermitOpen there.");
    }
    boolean unknown = said.contains("not known");
    return SshDiagnosis.of(
        unknown ? Kind.NAME_UNKNOWN : Kind.PORT_CLOSED,
        target,
        unknown
            ? "'" + target.host() + "' does not know the name " + to.host() + reason
            : "no program takes connections at " + to + " of '" + target.host() + "'" + reason,
        unknown
            ? "Name a host that it knows."
            : "Start the server there, or wait until it listens, and look again. See which ports"
                + " are in use there: ss -ltn");
  }

  /// The time was up before the port took the connection.
  public static TransportException noAnswer(SshTarget target, PortAddress to) {
    return SshDiagnosis.of(
        Kind.CONNECT_TIMEOUT,
        target,
        to + " of '" + target.host() + "' did not take the connection in time",
        "See whether that address can be reached from the host, and whether a firewall is in the"
            + " way.");
  }

  /// The client cannot share its connection.
  public static TransportException noMultiplexing(SshTarget target) {
    return SshDiagnosis.of(
        Kind.NO_MULTIPLEXING,
        target,
        "ports of '"
            + target.host()
            + "' are reached over a shared connection, and the ssh client cannot share one",
        "Use OpenSSH 7.4 or later.");
  }

  /// Each connection to the host ended at once.
  public static TransportException lost(SshTarget target, PortAddress to) {
    return SshDiagnosis.of(
        Kind.LINK_DOWN,
        target,
        "each connection to '" + target.host() + "' ended before it reached " + to,
        "Nothing was sent. Try by hand: {ssh} -o BatchMode=yes -v {host} true");
  }
}
