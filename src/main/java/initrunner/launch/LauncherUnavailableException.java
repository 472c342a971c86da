package initrunner.launch;

/// Commands cannot be started in the way that was asked for, so nothing was started. The message
/// says which way and why; [#remedy] is the one next step.
public final class LauncherUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String remedy;

  public LauncherUnavailableException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /// The one next step, in words a person can act on.
  public String remedy() {
    return remedy;
  }
}
