package initrunner.door.mcp.http;

import initrunner.exec.RemedyException;

/// A server that cannot be reached over HTTP: its address or its token cannot be had. Nothing was
/// started.
public final class McpHttpException extends RemedyException {

  private static final long serialVersionUID = 1L;

  McpHttpException(String message, String remedy) {
    super(message, remedy);
  }
}
