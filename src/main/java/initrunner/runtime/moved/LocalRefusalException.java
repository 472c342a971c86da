package initrunner.runtime.moved;

/// A file of this machine is not read or written.
final class LocalRefusalException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param reason in words for the model, without a full stop
  LocalRefusalException(String reason) {
    super(reason);
  }

  /// The reason.
  String reason() {
    return String.valueOf(getMessage());
  }
}
