package initrunner.exec;

/// Nothing was started: a retry is safe.
public final class TransportException extends RemedyException {

  private static final long serialVersionUID = 1L;

  /// Which layer refused.
  public enum Kind {
    /// The program that makes the connection is missing here.
    CLIENT_MISSING,
    /// The host's name does not resolve.
    NAME_UNKNOWN,
    /// The host is there and refuses the connection.
    REFUSED,
    /// No answer in time.
    CONNECT_TIMEOUT,
    /// The host's key is not known yet.
    HOST_KEY_UNKNOWN,
    /// The host's key differs from the known one.
    HOST_KEY_CHANGED,
    /// The host accepts none of the keys offered.
    AUTHENTICATION,
    /// The server allows no further session, and none became free in time.
    SESSION_LIMIT,
    /// The account runs another command than the one asked for: a forced command, no login shell.
    FORBIDDEN,
    /// This process has no file descriptor, or other resource, left for the command.
    LOCAL_LIMIT,
    /// The link was down before the command was sent.
    LINK_DOWN,
    /// The program at a port of the host is missing, or refuses the connection.
    PORT_CLOSED,
    /// The server lets the account reach no such port.
    PORT_FORBIDDEN,
    /// The user's ssh configuration, or what the role adds to it, cannot be used.
    CLIENT_CONFIGURATION,
    /// The client cannot share one connection between commands.
    NO_MULTIPLEXING,
    /// The peer broke the protocol.
    PROTOCOL,
    /// The program to run is missing (only where the host can tell before the start).
    COMMAND_NOT_FOUND,
    /// The command cannot be expressed on the host: it is too long, or its directory is missing.
    COMMAND_INVALID
  }

  private final Kind kind;
  private final String target;

  public TransportException(Kind kind, String target, String message, String remedy) {
    super(message, remedy);
    this.kind = kind;
    this.target = target;
  }

  public Kind kind() {
    return kind;
  }

  /// The host or the sandbox that was asked for, as the role names it.
  public String target() {
    return target;
  }
}
