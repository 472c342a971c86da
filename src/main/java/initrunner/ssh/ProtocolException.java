package initrunner.ssh;

import java.io.IOException;

/// The other side of a control socket said what no master says. The socket is of no use any more.
final class ProtocolException extends IOException {

  private static final long serialVersionUID = 1L;

  ProtocolException(String message) {
    super(message);
  }
}
