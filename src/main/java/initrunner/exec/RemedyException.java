package initrunner.exec;

/// A request that cannot be met. The message says what failed and where; [#remedy] is the one next
/// step. Neither holds a secret.
public abstract class RemedyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String message;
  private final String remedy;

  protected RemedyException(String message, String remedy) {
    super(message);
    this.message = message;
    this.remedy = remedy;
  }

  @Override
  public final String getMessage() {
    return message;
  }

  /// The one next step, in words a person can act on.
  public final String remedy() {
    return remedy;
  }
}
