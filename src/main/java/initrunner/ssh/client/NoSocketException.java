package initrunner.ssh.client;

import java.io.IOException;

/// This process can have no further socket, as where it has no file descriptor left. That says
/// nothing about the master which was to be asked.
public final class NoSocketException extends IOException {

  private static final long serialVersionUID = 1L;

  public NoSocketException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
