package initrunner.ssh.mux;

import java.io.IOException;

/// The other side of a control socket said what no master says. The socket is of no use any more.
public final class ProtocolException extends IOException {

  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }
}
