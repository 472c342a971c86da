package initrunner.agent;

/// A paused run that cannot be stored, read or continued. The message says why, [#remedy] is the
/// one next step.
public sealed class PausedRunException extends RuntimeException {

  /// Somebody else has answered: of the run, nothing was done here.
  public static final class Answered extends PausedRunException {

    private static final long serialVersionUID = 1L;

    Answered(String message, String remedy) {
      super(message, remedy);
    }
  }

  private static final long serialVersionUID = 1L;

  private final String message;
  private final String remedy;

  public PausedRunException(String message, String remedy) {
    super(message);
    this.message = message;
    this.remedy = remedy;
  }

  @Override
  public String getMessage() {
    return message;
  }

  /// The one next step, in words a person can act on.
  public String remedy() {
    return remedy;
  }
}
