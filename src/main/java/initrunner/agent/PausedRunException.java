package initrunner.agent;

import initrunner.exec.RemedyException;

/// A paused run that cannot be stored, read or continued.
public sealed class PausedRunException extends RemedyException {

  /// Another process has taken the decision; this one has done nothing.
  public static final class Answered extends PausedRunException {

    private static final long serialVersionUID = 1L;

    Answered(String message, String remedy) {
      super(message, remedy);
    }
  }

  private static final long serialVersionUID = 1L;

  public PausedRunException(String message, String remedy) {
    super(message, remedy);
  }
}
