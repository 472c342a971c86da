package initrunner.launch;

import initrunner.exec.RemedyException;

/// Commands cannot be started in the way that was asked for, so nothing was started. The message
/// says which way and why.
public final class LauncherUnavailableException extends RemedyException {

  private static final long serialVersionUID = 1L;

  public LauncherUnavailableException(String message, String remedy) {
    super(message, remedy);
  }
}
