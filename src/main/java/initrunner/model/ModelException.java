package initrunner.model;

import initrunner.exec.RemedyException;

/// A model that cannot be asked, or did not answer. The message says what failed, where, and what
/// the server said.
public final class ModelException extends RemedyException {

  private static final long serialVersionUID = 1L;

  /// What went wrong.
  public enum Kind {
    /// Neither the role nor the command line nor the environment names a model.
    NOT_NAMED,
    /// The name is not `provider:name`, or the provider is none that is known.
    NAME_INVALID,
    /// The role limits what a run costs, and nobody says what the model does.
    PRICE_MISSING,
    /// The variable that holds the key is not set.
    KEY_MISSING,
    /// The variable is set to something that cannot be a key.
    KEY_INVALID,
    /// A file names the address, and the key does not come from that file.
    KEY_WITHHELD,
    /// The base URL is none that can be asked.
    URL_INVALID,
    /// The server's name does not resolve.
    SERVER_UNKNOWN,
    /// The server's host refuses the connection.
    CONNECTION_REFUSED,
    /// No connection in time.
    CONNECT_TIMEOUT,
    /// The proxy in between cannot be reached, or does not let the request through.
    PROXY,
    /// The server's certificate is not trusted, or it does not speak TLS.
    TLS,
    /// The connection ended before the answer did.
    CONNECTION_LOST,
    /// The server says nothing for longer than the role waits.
    SERVER_SILENT,
    /// The server does not accept the key (401, 403).
    KEY_REFUSED,
    /// The server does not have this model (404).
    MODEL_UNKNOWN,
    /// There is no such API at this address (404, 405, a redirect).
    API_NOT_FOUND,
    /// The server takes no more requests for now (429).
    RATE_LIMITED,
    /// The account has no money or quota left (402, 429).
    QUOTA_EXHAUSTED,
    /// The server does not accept the request as it is (another 4xx).
    REQUEST_REFUSED,
    /// What has to be sent does not fit the role's `context_window`.
    CONTEXT_FULL,
    /// The server failed (5xx), or says in its answer that it is none.
    SERVER_FAILED,
    /// The server answered with something that is no answer of its API.
    ANSWER_MALFORMED,
    /// More requests wait for the model than the role allows.
    QUEUE_FULL,
    /// The role's rules about content object to the prompt or to the answer.
    CONTENT_BLOCKED,
    /// The file of recorded turns cannot be read, or is none.
    REPLAY_INVALID,
    /// All recorded turns were played, and the last one was no answer.
    REPLAY_ENDED,
    /// The model's turns cannot be written down.
    RECORDING_FAILED
  }

  private final Kind kind;

  public ModelException(Kind kind, String message, String remedy) {
    super(message, remedy);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
