package initrunner.model;

import initrunner.exec.RemedyException;
import initrunner.role.model.ModelSettings.Fallback.Cause;
import java.util.Collections;
import java.util.Set;

/// The model cannot be asked, or gave no answer. The message says what failed, where, and what the
/// server said.
public final class ModelException extends RemedyException {

  private static final long serialVersionUID = 1L;

  /// What went wrong.
  public enum Kind {
    /// Neither the role nor the command line nor the environment names a model.
    NOT_NAMED,
    /// The name is not `provider:name`, or the provider is unknown.
    NAME_INVALID,
    /// The role limits a run's cost, and the model has no price.
    PRICE_MISSING,
    /// The variable that holds the key is not set.
    KEY_MISSING,
    /// The variable is set to something that cannot be a key.
    KEY_INVALID,
    /// A file names the address, and the key comes from elsewhere.
    KEY_WITHHELD,
    /// The base URL is none that can be asked.
    URL_INVALID,
    /// The server's name does not resolve.
    SERVER_UNKNOWN(Cause.MODEL_API_ERROR),
    /// The server's host refuses the connection.
    CONNECTION_REFUSED(Cause.MODEL_API_ERROR),
    /// No connection in time.
    CONNECT_TIMEOUT(Cause.MODEL_API_ERROR),
    /// The proxy cannot be reached, or refuses the request.
    PROXY(Cause.MODEL_API_ERROR),
    /// The server's certificate is not trusted, or it does not speak TLS.
    TLS(Cause.MODEL_API_ERROR),
    /// The connection ended in the middle of the answer.
    CONNECTION_LOST(Cause.MODEL_API_ERROR),
    /// The server is silent for longer than the role allows.
    SERVER_SILENT(Cause.MODEL_API_ERROR),
    /// The server does not accept the key (401, 403).
    KEY_REFUSED(Cause.MODEL_API_ERROR, Cause.MODEL_HTTP_ERROR),
    /// The server does not have this model (404).
    MODEL_UNKNOWN(Cause.MODEL_API_ERROR, Cause.MODEL_HTTP_ERROR),
    /// The address has no such API (404, 405, a redirect).
    API_NOT_FOUND(Cause.MODEL_API_ERROR, Cause.MODEL_HTTP_ERROR),
    /// The server accepts no more requests for now (429).
    RATE_LIMITED(Cause.MODEL_API_ERROR, Cause.MODEL_HTTP_ERROR),
    /// The account has no money or quota left (402, 429).
    QUOTA_EXHAUSTED(Cause.MODEL_API_ERROR, Cause.MODEL_HTTP_ERROR),
    /// The server refuses the request as it is (another 4xx).
    REQUEST_REFUSED(Cause.MODEL_API_ERROR, Cause.MODEL_HTTP_ERROR),
    /// The request does not fit the role's `context_window`.
    CONTEXT_FULL,
    /// The server failed (5xx), or reports a failure inside its answer.
    SERVER_FAILED(Cause.MODEL_API_ERROR, Cause.MODEL_HTTP_ERROR),
    /// The server's answer is not one of its API.
    ANSWER_MALFORMED(Cause.UNEXPECTED_MODEL_BEHAVIOR),
    /// More requests wait for the model than the role allows.
    QUEUE_FULL,
    /// The role's rules about content block the prompt or the answer.
    CONTENT_BLOCKED,
    /// The file of recorded turns cannot be read, or holds none.
    REPLAY_INVALID,
    /// All recorded turns were played, and the last one was not an answer.
    REPLAY_ENDED,
    /// A call of a recorded turn ended in another way than when it was recorded.
    REPLAY_DIFFERS,
    /// The file for the model's turns cannot be written.
    RECORDING_FAILED;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of makes it, and nothing changes it
    private final Set<Cause> causes;

    /// @param causes the values of `fallback_on` that name this failure
    Kind(Cause... causes) {
      this.causes = Set.of(causes);
    }

    /// Whether the next model of `fallback` is asked after this failure.
    boolean isOneOf(Set<Cause> fallbackOn) {
      return !Collections.disjoint(causes, fallbackOn);
    }
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
