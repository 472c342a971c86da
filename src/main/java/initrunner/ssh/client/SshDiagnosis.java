package initrunner.ssh.client;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.text.SafeText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What `ssh` said when it could not do its work, told apart into kinds with one next step each.
///
/// The words are those of OpenSSH's `ssh.c`, `sshconnect.c`, `sshconnect2.c`, `packet.c` and
/// `readconf.c`; they are matched as parts of lines, first match wins. Text that matches nothing is
/// shown as it is.
public final class SshDiagnosis {

  private static final int MAX_SHOWN_CHARACTERS = 2000;

  private static final String TIMEOUT_REMEDY =
      "Check that the host is up and that no firewall or missing VPN is in the way; raise"
          + " connect_timeout if it is only slow.";

  private static final String NO_SSH_SERVER_REMEDY =
      "What listens there is no SSH server: check the host name and the port: {ssh} -G {host}";

  private static final String MORE_THAN_KEYS_REMEDY =
      "The host wants more than a key (a password, or the code of a second factor). At a terminal,"
          + " --ask or ssh.login: ask in the role asks you for it. Elsewhere use an account that needs"
          + " a key alone (on the server: AuthenticationMethods publickey, in a Match User block), or a"
          + " certificate. See what it asks for: {ssh} -v {host}";

  private static final String COMPARE_KEY_REMEDY =
      "Connect once by hand and compare the key's fingerprint: {ssh} {host}; at a terminal, --ask or"
          + " ssh.login: ask in the role shows it, too.";

  private static final String UNREACHABLE_REMEDY =
      "Check the network or VPN of this machine: the host's address is not reachable.";

  private static final String CLOSED_REMEDY =
      "The server closed the connection before it was ready: see its log (MaxStartups, AllowUsers,"
          + " a full disk), or try again.";

  private record Sign(String words, Kind kind, String remedy) {}

  /// A refused session stands first: behind a login there may be a banner, which may say anything.
  private static final List<Sign> SIGNS =
      List.of(
          new Sign(
              "Session open refused by peer",
              Kind.SESSION_LIMIT,
              "The server allows no session on this connection: raise MaxSessions in its"
                  + " sshd_config."),
          new Sign(
              "Could not resolve hostname",
              Kind.NAME_UNKNOWN,
              "Check the alias in {config}, or the spelling of the host name: {ssh} -G {host}"),
          new Sign(ChangedHostKey.SIGN, Kind.HOST_KEY_CHANGED, ""),
          new Sign("Host key verification failed", Kind.HOST_KEY_UNKNOWN, COMPARE_KEY_REMEDY),
          new Sign("host key is known for", Kind.HOST_KEY_UNKNOWN, COMPARE_KEY_REMEDY),
          new Sign(
              "agent refused operation",
              Kind.AUTHENTICATION,
              "The agent does not sign with the key: a hardware key has to be touched, or a"
                  + " confirmation given; see ssh-add -l, then try by hand:"
                  + " {ssh} -o BatchMode=yes -v {host} true"),
          new Sign(
              "Too many authentication failures",
              Kind.AUTHENTICATION,
              "The agent offers too many keys: set IdentityFile and IdentitiesOnly yes for {host}"
                  + " in {config}."),
          new Sign(
              "Permission denied",
              Kind.AUTHENTICATION,
              "See which keys the agent has (ssh-add -l), then try by hand:"
                  + " {ssh} -o BatchMode=yes -v {host} true. For the passphrase of a key, --ask or"
                  + " ssh.login: ask in the role asks you at a terminal."),
          new Sign(
              "Connection refused",
              Kind.REFUSED,
              "Check that sshd runs on that host and that the port is right: {ssh} -G {host}"),
          new Sign("onnection timed out", Kind.CONNECT_TIMEOUT, TIMEOUT_REMEDY),
          new Sign("peration timed out", Kind.CONNECT_TIMEOUT, TIMEOUT_REMEDY),
          new Sign("No route to host", Kind.LINK_DOWN, UNREACHABLE_REMEDY),
          new Sign("Network is unreachable", Kind.LINK_DOWN, UNREACHABLE_REMEDY),
          new Sign(
              "Bad configuration option",
              Kind.CLIENT_CONFIGURATION,
              "Correct the line of the ssh configuration that is named above."),
          new Sign(
              "Bad owner or permissions",
              Kind.CLIENT_CONFIGURATION,
              "Correct the owner or the permissions of the file that is named above."),
          new Sign(
              "Can't open user config file",
              Kind.CLIENT_CONFIGURATION,
              "Correct config_file in the role: that file cannot be read."),
          new Sign(
              "too long for Unix domain socket",
              Kind.CLIENT_CONFIGURATION,
              "The path of the control socket is too long for this system."),
          new Sign(
              "no matching",
              Kind.PROTOCOL,
              "Client and server share no algorithm of that kind: see Ciphers, KexAlgorithms and"
                  + " HostKeyAlgorithms in ssh_config(5)."),
          new Sign("No SSH version received", Kind.PROTOCOL, NO_SSH_SERVER_REMEDY),
          new Sign("banner line contains invalid", Kind.PROTOCOL, NO_SSH_SERVER_REMEDY),
          new Sign("Protocol major versions differ", Kind.PROTOCOL, NO_SSH_SERVER_REMEDY),
          new Sign(
              "This account is currently not available",
              Kind.FORBIDDEN,
              "The account has no login shell: use another account, or give it one."),
          new Sign(
              "allows sftp connections only",
              Kind.FORBIDDEN,
              "The account may transfer files only: use another account."),
          new Sign("onnection closed by", Kind.LINK_DOWN, CLOSED_REMEDY),
          new Sign("onnection reset by", Kind.LINK_DOWN, CLOSED_REMEDY));

  private SshDiagnosis() {}

  /// Whether the server has closed the connection before it had logged in an account.
  public static boolean isClosedByServer(TransportException failure) {
    String said = String.valueOf(failure.getMessage());
    return failure.kind() == Kind.LINK_DOWN
        && (said.contains("onnection closed by") || said.contains("onnection reset by"));
  }

  /// A jump host, or a `ProxyCommand`, that does not lead to the host.
  ///
  /// @param what failed, for a person
  /// @param hop the host that the next step is about
  /// @param said by its `ssh`
  static TransportException ofHop(SshTarget target, String what, SshTarget hop, String said) {
    TransportException ofHop = ofProbe(hop, SshClient.FAILED, said);
    return of(
        ofHop.kind(),
        target,
        "ssh probe to '"
            + target.host()
            + "' returned rc="
            + SshClient.FAILED
            + ": "
            + what
            + ": "
            + shown(said),
        ofHop.remedy());
  }

  /// A jump host that was logged in to, and opens no connection to the next host.
  static TransportException unreachableFrom(
      SshTarget target, String hop, SshTarget next, String said) {
    String remedy =
        said.contains("prohibited")
            ? "The server of '"
                + hop
                + "' forbids it: see AllowTcpForwarding and PermitOpen in its"
                + " sshd_config."
            : "See whether '"
                + next.host()
                + "' is up and can be reached from '"
                + hop
                + "', where its HostName is looked up: "
                + next.inAdvice("{ssh} -G {host}");
    return of(
        said.contains("timed out") ? Kind.CONNECT_TIMEOUT : Kind.REFUSED,
        target,
        "ssh probe to '"
            + target.host()
            + "' returned rc="
            + SshClient.FAILED
            + ": its jump host '"
            + hop
            + "' does not reach '"
            + next.host()
            + "': "
            + shown(said),
        remedy);
  }

  /// The host has taken a key, if it takes any, and asks for more.
  private static boolean wantsMoreThanKeys(String said) {
    return said.lines()
        .filter(line -> line.contains("Permission denied (") || line.contains("No supported auth"))
        .anyMatch(line ->
            !line.contains("publickey")
                && (line.contains("keyboard-interactive") || line.contains("password")));
  }

  /// A probe that came back with a status other than 0.
  public static TransportException ofProbe(SshTarget target, int status, String said) {
    String shown = shown(said);
    String message =
        "ssh probe to '"
            + target.host()
            + "' returned rc="
            + status
            + (shown.isEmpty() ? "" : ": " + shown);
    if (status == SshClient.FAILED && wantsMoreThanKeys(said)) {
      return of(Kind.AUTHENTICATION, target, message, MORE_THAN_KEYS_REMEDY);
    }
    Optional<Sign> sign = SIGNS.stream().filter(each -> said.contains(each.words())).findFirst();
    if (sign.isEmpty()) {
      return ofUnknown(target, status, message);
    }
    Kind kind = sign.get().kind();
    String remedy =
        switch (kind) {
          case NAME_UNKNOWN -> remedyOfName(target, sign.get());
          case HOST_KEY_CHANGED -> ChangedHostKey.remedy(said);
          default -> sign.get().remedy();
        };
    return kind == Kind.CONNECT_TIMEOUT
        ? timedOut(target, shown)
        : of(kind, target, message, remedy);
  }

  /// `ssh` takes a port behind a colon for a part of the name.
  private static String remedyOfName(SshTarget target, Sign sign) {
    return target.host().matches("[^:/]+:[0-9]{1,5}|[^:/]*\\[.*]:[0-9]{1,5}")
        ? "A port is no part of a host's name: write ssh://"
            + target.host()
            + ", or give the host an alias with Port in {config}."
        : sign.remedy();
  }

  /// `ssh` got no answer from the host in time.
  ///
  /// @param said by `ssh`; may be empty
  public static TransportException timedOut(SshTarget target, String said) {
    String message = "ssh connection to '" + target.host() + "' timed out";
    return of(
        Kind.CONNECT_TIMEOUT,
        target,
        said.isEmpty() ? message : message + ": " + said,
        TIMEOUT_REMEDY);
  }

  public static TransportException interrupted(SshTarget target) {
    return of(
        Kind.LINK_DOWN,
        target,
        "interrupted while connecting to '" + target.host() + "'",
        "Nothing was started there; run it again.");
  }

  /// The call's time was up before there was a connection.
  public static TransportException noConnection(SshTarget target) {
    return of(
        Kind.CONNECT_TIMEOUT,
        target,
        "the call's time was up before there was a connection to '" + target.host() + "'",
        "Nothing was started. Give the call more time, which includes the login, or see what is"
            + " slow: {ssh} -o BatchMode=yes -v {host} true");
  }

  /// The call's time was up before the host said whether it has a session for it.
  public static TransportException noAnswer(SshTarget target) {
    return of(
        Kind.LINK_DOWN,
        target,
        "'" + target.host() + "' did not answer in time, though there is a connection to it",
        "See whether the network is down or slow: {ssh} -o BatchMode=yes -v {host} true");
  }

  /// The call's time was up before the server had a session for it.
  public static TransportException noSession(SshTarget target) {
    return of(
        Kind.SESSION_LIMIT,
        target,
        "'" + target.host() + "' had no free session for the command in time (sshd's MaxSessions)",
        "Run fewer commands at once, or raise MaxSessions in the host's sshd_config.");
  }

  /// The same, where a further connection would ask the person again.
  public static TransportException noSessionWithoutAsking(SshTarget target) {
    TransportException noSession = noSession(target);
    return of(
        noSession.kind(),
        target,
        noSession.getMessage() + "; no further connection was opened, as its login would ask again",
        noSession.remedy());
  }

  /// The caller was interrupted before the server had a session for it.
  public static TransportException noSessionWanted(SshTarget target) {
    return of(
        Kind.LINK_DOWN,
        target,
        "interrupted while waiting for a session on '" + target.host() + "'",
        "Nothing was started; run it again.");
  }

  /// A command was not run, because the login shell cannot change to its directory.
  ///
  /// @param said by that shell; may be empty
  public static TransportException noDirectory(SshTarget target, String directory, String said) {
    String shown = shown(said);
    return of(
        Kind.COMMAND_INVALID,
        target,
        "commands cannot start in '"
            + directory
            + "' on "
            + target.host()
            + (shown.isEmpty() ? "" : ": " + shown),
        "Create that directory there, or name another.");
  }

  /// The master is there, but this process can have no socket to it.
  public static TransportException noSocket(SshTarget target, NoSocketException cause) {
    return of(
        Kind.LOCAL_LIMIT,
        target,
        "this process can open no further socket for a command on '"
            + target.host()
            + "' ("
            + cause.getMessage()
            + ")",
        "Run fewer commands at once, or let this process open more files (ulimit -n).");
  }

  public static TransportException closed(SshTarget target) {
    return of(
        Kind.LINK_DOWN,
        target,
        "the connection to '" + target.host() + "' is closed: nothing more is sent",
        "Nothing was started there; run it again.");
  }

  /// The master is there, but a command on it does not come to its end.
  public static TransportException hangs(SshTarget target, Duration bound) {
    return of(
        Kind.FORBIDDEN,
        target,
        "'"
            + target.host()
            + "' was reached, but `true` did not end there within "
            + bound.toSeconds()
            + " s",
        "Look at the account's login shell and its rc files (~/.bashrc, ~/.zshenv, ~/.cshrc): they"
            + " may wait for input or start another shell. Try by hand:"
            + " {ssh} -o BatchMode=yes {host} true");
  }

  private static TransportException ofUnknown(SshTarget target, int status, String message) {
    if (status == SshClient.FAILED) {
      return of(
          Kind.LINK_DOWN, target, message, "Try by hand: {ssh} -o BatchMode=yes -v {host} true");
    }
    return of(
        Kind.FORBIDDEN,
        target,
        message,
        "The connection works, but the account does not run commands: see its login shell and its"
            + " rc files ("
            + RcFileDiagnosis.RC_FILES
            + "), and the restrictions of its key. Try by hand: {ssh} -o BatchMode=yes {host} true");
  }

  public static TransportException of(Kind kind, SshTarget target, String message, String remedy) {
    return new TransportException(kind, target.host(), message, target.inAdvice(remedy));
  }

  /// What a server said, fit for a terminal: one line, no control characters, bounded.
  public static String shown(String said) {
    boolean isOfKey = said.contains(ChangedHostKey.SIGN);
    String line =
        said.strip()
            .lines()
            .map(SshDiagnosis::undecorated)
            .filter(text -> !text.isEmpty() && !(isOfKey && !ChangedHostKey.isShown(text)))
            .reduce((one, other) -> one + " / " + other)
            .orElse("");
    return SafeText.oneLine(SafeText.cut(line, MAX_SHOWN_CHARACTERS));
  }

  /// Without the frame of `@` that `ssh` draws around a warning.
  private static String undecorated(String line) {
    int begin = 0;
    int end = line.length();
    while (begin < end && isFrame(line.charAt(begin))) {
      begin++;
    }
    while (end > begin && isFrame(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(begin, end);
  }

  private static boolean isFrame(char c) {
    return c == '@' || Character.isWhitespace(c);
  }
}
