package initrunner.launch;

import initrunner.exec.RemedyException;

/// The launcher that the role names cannot start commands, so nothing was started. The message
/// names the launcher and the reason.
public final class LauncherUnavailableException extends RemedyException {

  private static final long serialVersionUID = 1L;

  public LauncherUnavailableException(String message, String remedy) {
    super(message, remedy);
  }
}
