package initrunner.exec;

/// Nothing was started: a retry is safe.
public final class TransportException extends RemedyException {

  private static final long serialVersionUID = 1L;

  /// Which layer said no.
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
    /// The host's key is another one than known.
    HOST_KEY_CHANGED,
    /// The host does not accept any of the keys offered.
    AUTHENTICATION,
    /// The server allows no further session, and none became free in time.
    SESSION_LIMIT,
    /// The account runs something else than what is asked for: a forced command, no login shell.
    FORBIDDEN,
    /// This process has no file descriptor, or the like, left for the command.
    LOCAL_LIMIT,
    /// The link was down before the command was sent.
    LINK_DOWN,
    /// The user's ssh configuration, or what the role adds to it, cannot be used.
    CLIENT_CONFIGURATION,
    /// The client cannot share one connection between commands.
    NO_MULTIPLEXING,
    /// The other side said what no peer of this protocol says.
    PROTOCOL,
    /// The program to run is not there (only where the place itself can tell before starting).
    COMMAND_NOT_FOUND,
    /// The command cannot be expressed there: too long, or a directory that is not there.
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

  /// The place that was asked for, as the role names it.
  public String target() {
    return target;
  }
}
